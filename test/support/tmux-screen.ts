// A terminal by tmux: what a person would see and type, driven from a test.

let started = 0;

/** A server of its own: one that ends takes a moment, and nothing of anybody's own tmux is touched. */
export class TmuxScreen {
  readonly #server: string;

  /** Starts a shell in a terminal of this size. */
  constructor(name: string, columns: number, rows: number) {
    started++;
    this.#server = `${name}${process.pid}-${started}`;
    const size = ['-x', String(columns), '-y', String(rows)];
    // A prompt that no program prints.
    this.#tmux(
      '-u',
      'new-session',
      '-d',
      ...size,
      '-s',
      'ui',
      'env PS1="shell> " LC_ALL=C.UTF-8 bash --norc --noprofile',
    );
  }

  #tmux(...args: readonly string[]): string {
    const result = Bun.spawnSync(['tmux', '-L', this.#server, '-f', '/dev/null', ...args], { stderr: 'pipe' });
    if (!result.success) throw new Error(`tmux ${args[0]}: ${result.stderr}`);
    return result.stdout.toString();
  }

  /** A line for the shell. */
  type(line: string): void {
    this.#tmux('send-keys', '-t', 'ui', '-l', line);
    this.keys('Enter');
  }

  /** Keys by tmux's names, or text. */
  keys(...keys: readonly string[]): void {
    this.#tmux('send-keys', '-t', 'ui', ...keys);
  }

  /** All in one piece, as over a slow line. */
  paste(text: string): void {
    this.#tmux('send-keys', '-t', 'ui', '-l', text);
  }

  /** As a terminal pastes: between marks, where the program asked for them. */
  pasteMarked(text: string): void {
    this.#tmux('set-buffer', '-b', 'marked', text);
    this.#tmux('paste-buffer', '-p', '-d', '-b', 'marked', '-t', 'ui');
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-t', 'ui', '-x', String(columns), '-y', String(rows));
  }

  lines(): readonly string[] {
    return this.#tmux('capture-pane', '-p', '-t', 'ui').split('\n').slice(0, -1);
  }

  /** The parameters of every SGR sequence on the screen that sets a color; bold, reverse and their ends set none. */
  colors(): readonly string[] {
    const sequences = this.#tmux('capture-pane', '-p', '-e', '-t', 'ui').split('\u001b[').slice(1);
    const parameters = sequences.map((text) => /^([\d;]*)m/.exec(text)?.[1] ?? '');
    return parameters.filter((list) =>
      list.split(';').some((number) => !['', '0', '1', '7', '39', '49'].includes(number)),
    );
  }

  text(): string {
    return this.lines().join('\n');
  }

  /** Waits until the screen shows it; throws with what it shows instead. */
  async shows(what: string | RegExp, milliseconds = 30_000): Promise<void> {
    const end = performance.now() + milliseconds;
    const fits = (text: string) => (typeof what === 'string' ? text.includes(what) : what.test(text));
    while (!fits(this.text())) {
      if (performance.now() > end) throw new Error(`the screen does not show ${what}:\n${this.text()}`);
      await Bun.sleep(25);
    }
  }

  /** Which screen the terminal is on, whether its cursor is shown, whether it tells of the mouse. */
  modes(): string {
    const format = 'alternate=#{alternate_on} cursor=#{cursor_flag} mouse=#{mouse_any_flag}';
    return this.#tmux('display-message', '-p', '-t', 'ui', format).trim();
  }

  close(): void {
    Bun.spawnSync(['tmux', '-L', this.#server, 'kill-server'], { stderr: 'ignore' });
  }
}
