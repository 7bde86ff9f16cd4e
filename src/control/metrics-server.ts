// Metrics on an address of their own: HTTP, one path, looking only.
import { parseListenAddress } from '#model/listen-address.ts';
import type { Log } from '#ports.ts';

export interface MetricsParts {
  readonly log: Log;
  readonly answer: () => Promise<Response>;
  /** An address may come later than we do: DHCP, a link that is not up yet. Left out: 10 s. */
  readonly againMs?: number;
}

export class MetricsServer {
  readonly #parts: MetricsParts;
  #listen = '';
  #server: Bun.Server<undefined> | null = null;
  #again: ReturnType<typeof setTimeout> | null = null;
  #fault = '';

  constructor(parts: MetricsParts) {
    this.#parts = parts;
  }

  /** `metrics.listen`; the same again changes nothing, empty ends it. */
  async apply(listen: string): Promise<void> {
    if (listen === this.#listen) return;
    this.#listen = listen;
    this.#fault = '';
    if (this.#again) clearTimeout(this.#again);
    this.#again = null;
    const before = this.#server;
    this.#server = null;
    await before?.stop(true);
    this.#open();
  }

  async close(): Promise<void> {
    await this.apply('');
  }

  #open(): void {
    const { log, answer, againMs = 10_000 } = this.#parts;
    const address = parseListenAddress(this.#listen);
    if (!address || this.#server) return;
    try {
      this.#server = Bun.serve({
        hostname: address.host,
        port: address.port,
        // Bun's own, but said expressly it cuts without a line among those of the log.
        idleTimeout: 10,
        fetch: (request) => respond(request, answer),
        error: () => new Response('internal error\n', { status: 500 }),
      });
      log.write('info', `Metrics on http://${this.#listen}/metrics`);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (text !== this.#fault) log.write('error', `Cannot serve metrics on "${this.#listen}": ${text} (tried again)`);
      this.#fault = text;
      this.#again = setTimeout(() => this.#open(), againMs);
    }
  }
}

function respond(request: Request, answer: () => Promise<Response>): Response | Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response('only GET\n', { status: 405, headers: { allow: 'GET, HEAD' } });
  }
  if (new URL(request.url).pathname === '/metrics') return answer();
  return new Response('lanlord: see /metrics\n', { status: 404 });
}
