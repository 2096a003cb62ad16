/** The TLS settings for `ssl:` remotes. Certificates and keys are PEM, as text or bytes. */
export interface TlsOptions {
  /** The CA that signed the server's certificate. Default: Node's list of public CAs. */
  readonly ca?: string | Buffer;
  /** The client's certificate. ovsdb-server requires one by default. */
  readonly cert?: string | Buffer;
  /** The key of the client's certificate. */
  readonly key?: string | Buffer;
  /**
   * Also check that the server's certificate is for this name. Without it, a certificate that `ca` signed is
   * enough, as in ovsdb(7). Without `ca` too, the certificate must be for the host of the remote.
   */
  readonly servername?: string;
  /** `false` accepts any server certificate. */
  readonly rejectUnauthorized?: boolean;
}
