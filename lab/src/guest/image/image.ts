import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../layout.ts';
import { type GuestKind, packagesOf } from './kinds.ts';

/** All clones on this computer share the images, because each takes minutes to build. */
const CACHE = '/var/cache/ovn-lab';

/** The files from which a guest boots. */
export interface Image {
  readonly directory: string;
  /** Root file system: ext4, raw, sparse. Guests write to a layer above it. */
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Private key of root and of the user `debian`; the same in all images. */
  readonly sshKey: string;
}

/**
 * Returns the archive of a suite's root file system as debootstrap left it. Its name contains a hash of its
 * packages.
 */
export function baseOf({ suite }: GuestKind): string {
  const hash = createHash('sha256').update(packagesOf[suite].join()).digest('hex').slice(0, 12);
  return join(CACHE, 'guests', `${suite}-${hash}.tar`);
}

/**
 * Returns where the image of a kind is or will be. The directory's name contains a hash of everything in this
 * folder, so that a changed recipe makes another image.
 */
export function imageOf({ name }: GuestKind): Image {
  const recipe = join(repository, 'lab', 'src', 'guest', 'image');
  const hash = createHash('sha256');
  for (const file of readdirSync(recipe).sort()) hash.update(file).update(readFileSync(join(recipe, file)));
  const directory = join(CACHE, 'guests', `${name}-${hash.digest('hex').slice(0, 12)}`);
  return {
    directory,
    disk: join(directory, 'disk.img'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.gz'),
    sshKey: join(CACHE, 'ssh-key'),
  };
}

/** Whether the image is complete. */
export const isBuilt = ({ directory }: Image) => existsSync(directory);
