import { cutText } from './cut-text.ts';

/** The 12-character form of a Docker id, as the `docker` command prints it. */
export function shortId(dockerId: string): string {
  return cutText(dockerId, 12);
}
