import type { CloudConfig } from './cloud-config.ts';

/**
 * A program's own configuration. It applies if neither the caller nor the environment names or describes a
 * cloud.
 */
export interface CloudFallback {
  /** Name of a cloud in `files`, or in the search path if `files` is undefined. */
  readonly cloud?: string;
  /**
   * clouds.yaml files; the first readable one is used. One that another user can change is an error.
   */
  readonly files?: readonly string[];
  /** Keystone's URL for a cloud without one, or for a token without a cloud. */
  readonly authUrl?: string;
  /** A complete configuration, in place of a cloud of a file. */
  readonly config?: CloudConfig;
}

/** Sources of a {@link CloudConfig}. Each is optional. */
export interface CloudConfigSources {
  /** Environment variables, usually `process.env`. Default: none. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Name of a cloud in clouds.yaml; overrides OS_CLOUD. `envvars` is the cloud that the variables describe.
   */
  readonly cloud?: string;
  /** A token; overrides every other credential. */
  readonly token?: string;
  /** Path of a file that contains a token; overrides OS_TOKEN, but not `token`. */
  readonly tokenFile?: string;
  /** Keystone's URL; overrides the cloud's. */
  readonly authUrl?: string;
  /** Region; overrides OS_REGION_NAME and the cloud's. */
  readonly region?: string;
  /** clouds.yaml files to try instead of the search path. secure.yaml is then expected beside them. */
  readonly files?: readonly string[];
  /** First directory of the search path. Default: the process's working directory. */
  readonly cwd?: string;
  /** The program's own configuration. */
  readonly fallback?: CloudFallback;
  /**
   * For a service: read only files that root and the process's user alone can change, and none of the
   * working directory. Default false.
   */
  readonly trustedFilesOnly?: boolean;
  /**
   * Whether files that the caller named may be pipes. Without a writer, a pipe blocks for ever, so reading
   * again must not accept one. Default true, but false with `trustedFilesOnly`.
   */
  readonly acceptsPipes?: boolean;
  /** Learns which files are ignored, and why. */
  readonly onWarning?: (message: string) => void;
}
