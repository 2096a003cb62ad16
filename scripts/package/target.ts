/** What `npm run package` builds, and where. */
export interface Target {
  readonly version: string;
  /** The time of the commit, in seconds since 1970. */
  readonly time: number;
  /** The folder with `bin/node` and `LICENSE` of the Node that the Debian packages contain. */
  readonly node: string;
  /** A folder for files of the build. */
  readonly scratch: string;
  /** The folder of the finished packages. */
  readonly folder: string;
}
