/** How to speak `ssl:` remotes. Each is PEM, as text or bytes. */
export interface TlsOptions {
  /** The CA that signed the server's certificate. Node's own list when absent. */
  readonly ca?: string | Buffer;
  /** The client's certificate; ovsdb-server asks for one unless it was started otherwise. */
  readonly cert?: string | Buffer;
  /** The key of the client's certificate. */
  readonly key?: string | Buffer;
  /** Also check that the server's certificate is for this name. Without it `ca` alone vouches, as in ovsdb(7); without `ca` the name is the host's. */
  readonly servername?: string;
  /** Accept any server. */
  readonly rejectUnauthorized?: boolean;
}
