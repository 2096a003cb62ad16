/**
 * Where settings of a cloud come from, and what may be combined. A cloud's URL decides who receives its
 * secret, so a secret must not follow a URL that someone else could have written:
 *
 * | source | trusted |
 * | --- | --- |
 * | the caller: command line, the program's own configuration | yes |
 * | environment: OS_* variables | yes |
 * | file named by the caller, OS_CLIENT_CONFIG_FILE or OS_CLIENT_SECURE_FILE | yes |
 * | file in ~/.config/openstack, /etc/openstack … | if no other user can change it |
 * | file named by the program's own configuration | if no other user can change it, else refused |
 * | file in the working directory | no: someone else may have prepared the directory |
 * | Keystone's catalog | as Keystone's URL: Keystone has the secret already |
 * | hosts in redirects, in `next` links and in error pages | never used |
 * | metadata service | names no URL and receives no secret |
 *
 * The one rule: settings of two sources are combined only if both are trusted, or if neither is and both are
 * files of one owner in one directory. So all parts of a combination are trusted, or none is: a trusted file
 * with an untrusted neighbour would bring the user's secret to the neighbour's URL. A file that is not
 * trusted works by itself, with the secret that it contains or that the secure.yaml beside it contains.
 */
export interface Place {
  /** Path of the file. */
  readonly path: string;
  /** Why the file is not trusted, in words for a warning. */
  readonly distrust?: string | undefined;
  /** Equal for files of one owner in one directory. */
  readonly neighbourhood: string;
}

/** Whether settings of one file may be combined with a trusted source that is no file. */
export function isTrusted({ distrust }: Pick<Place, 'distrust'>): boolean {
  return distrust === undefined;
}

/** Whether the settings of two files may be combined. */
export function mayCombine(one: Place, other: Place): boolean {
  if (isTrusted(one) || isTrusted(other)) return isTrusted(one) && isTrusted(other);
  return one.neighbourhood === other.neighbourhood;
}
