import { expect } from 'vitest';
import type { Link } from './link.ts';
import { type FrameScene, untilArrived } from './scene.ts';

/** A frame that must not arrive, and the ordinary frame beside it. */
export interface Forgery {
  readonly from: (scene: FrameScene) => Pick<Link, 'send'>;
  readonly forged: (scene: FrameScene, mark: string) => Buffer | readonly Buffer[];
  /** A frame of the same kind without the forgery, and who gets it: the sender and the path work. */
  readonly ordinary: (scene: FrameScene, mark: string) => Buffer;
  readonly reaches: (scene: FrameScene) => readonly Link[];
  /** Whether ordinary frames come first, so that the switches have cached what they did with them. */
  readonly isWarm?: boolean;
}

const COPIES = 6;

/** Sends a forgery. Returns who got it and how often; everyone is a key, also the hypervisor. */
export async function arrivalsOf(scene: FrameScene, forgery: Forgery): Promise<Record<string, number>> {
  const sender = forgery.from(scene);
  const [mark, ordinary, end] = [scene.mark(), scene.mark(), scene.mark()];
  const sendOrdinary = () =>
    untilArrived(sender, forgery.ordinary(scene, ordinary), forgery.reaches(scene), ordinary);
  await scene.cool();
  if (forgery.isWarm) {
    await sendOrdinary();
    for (let copy = 0; copy < COPIES; copy++) sender.send(forgery.ordinary(scene, ordinary));
    await scene.settle(scene.mark());
  }
  scene.forget();
  const frames = [forgery.forged(scene, mark)].flat();
  for (let copy = 0; copy < COPIES; copy++) for (const bytes of frames) sender.send(bytes);
  await sendOrdinary();
  await scene.settle(end);
  const places = [...scene.others, scene.hypervisor];
  const counts = places.map((link) => [link.name, link.arrived(mark).length] as const);
  scene.forget();
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Expects that a forged frame does not even leave the VM of its container. */
export async function expectKeptInVm(scene: FrameScene, forgery: Forgery): Promise<void> {
  expect(await arrivalsOf(scene, forgery)).toEqual({});
}

/** Expects that no receiver gets a forged frame; the hypervisor, which drops it, may see it. */
export async function expectDropped(scene: FrameScene, forgery: Forgery): Promise<void> {
  const { [scene.hypervisor.name]: _, ...arrivals } = await arrivalsOf(scene, forgery);
  expect(arrivals).toEqual({});
}
