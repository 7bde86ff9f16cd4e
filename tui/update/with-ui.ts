// The model with some of its interface part changed.
import type { Model, UiState } from '../state/model.ts';

export function withUi(model: Model, change: Partial<UiState>): Model {
  return { ...model, ui: { ...model.ui, ...change } };
}
