/** A lock of the server (RFC 7047 §4.1.8), asked for again after every reconnection until it is released. */
export interface Lock extends AsyncDisposable {
  readonly name: string;
  /** Whether this client holds it now. */
  readonly held: boolean;
  /** Resolves when the lock is held; a new promise after each loss. */
  readonly acquired: Promise<void>;
  /** `lost`: stolen, or the connection dropped. `acquired`: got it, at first or again. Gives the function that ends listening. */
  on(event: 'lost' | 'acquired', listener: () => void): () => void;
  /** Gives it up (RFC 7047 §4.1.8 unlock). */
  release(): Promise<void>;
}
