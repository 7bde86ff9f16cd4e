// Applying a filter to the screen that is shown.
import type { Model } from '../state/model.ts';
import { withUi } from './with-ui.ts';

/** An empty text clears the filter. The text has to be a valid one. */
export function applyFilter(model: Model, text: string): Model {
  const { screen } = model.ui.place;
  const { [screen]: _, ...others } = model.ui.filters;
  return withUi(model, { filters: text.trim() === '' ? others : { ...others, [screen]: text } });
}
