/** A unit of waiting work. */
interface Job {
  readonly start: () => void;
  readonly refuse: () => void;
}

/** Whose work it is: groups take turns, and within a group the names take turns. */
export interface Flow {
  readonly group: string;
  readonly name: string;
}

/** The queue has no room: the caller should try again later. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

interface Limits {
  /** Units of work at the same time. */
  readonly concurrency: number;
  /** Waiting units of a group, and of all groups. */
  readonly perGroup: number;
  readonly total: number;
}

/**
 * Runs work with bounded concurrency. Waiting work is bounded too: a full group, or a full queue, gives the
 * place of its busiest name to a quieter one and otherwise refuses new work. Preferred work has a queue of
 * its own, which takes turns with the other one, so that neither can delay the other by more than one unit.
 */
export class FairQueue {
  readonly #limits: Limits;
  readonly #preferred: Turns;
  readonly #others: Turns;
  #running = 0;
  #preferredIsNext = true;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#preferred = new Turns(limits);
    this.#others = new Turns(limits);
  }

  /** Runs `work` when it is its turn. @throws QueueFullError, or the error of `work` */
  run<T>(flow: Flow, isPreferred: boolean, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job: Job = {
        start: () => {
          this.#running++;
          void work()
            .then(resolve, reject)
            .finally(() => {
              this.#running--;
              this.#startNext();
            });
        },
        refuse: () => reject(new QueueFullError()),
      };
      (isPreferred ? this.#preferred : this.#others).add(flow, job);
      this.#startNext();
    });
  }

  #startNext(): void {
    while (this.#running < this.#limits.concurrency) {
      const [first, second] = this.#preferredIsNext
        ? [this.#preferred, this.#others]
        : [this.#others, this.#preferred];
      const job = first.take();
      // The queue that did not have its turn is the next.
      if (job !== undefined) this.#preferredIsNext = first !== this.#preferred;
      const next = job ?? second.take();
      if (next === undefined) return;
      next.start();
    }
  }
}

/** Waiting jobs by group and name. The first group, and the first name in it, is the next. */
class Turns {
  readonly #limits: Limits;
  readonly #groups = new Map<string, Map<string, Job[]>>();
  #size = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Adds a job, or refuses it. */
  add(flow: Flow, job: Job): void {
    if (!this.#hasRoom(flow)) {
      job.refuse();
      return;
    }
    const names = this.#groups.get(flow.group) ?? new Map<string, Job[]>();
    const jobs = names.get(flow.name) ?? [];
    jobs.push(job);
    this.#groups.set(flow.group, names.set(flow.name, jobs));
    this.#size++;
  }

  /** Whether the flow may have one more job, if necessary in place of another one's. */
  #hasRoom({ group, name }: Flow): boolean {
    const names = this.#groups.get(group) ?? new Map<string, Job[]>();
    const own = names.get(name)?.length ?? 0;
    if (sizeOf(names) >= this.#limits.perGroup && !this.#makeRoom(group, names, own + 1)) return false;
    if (this.#size < this.#limits.total) return true;
    const [busiest, others] = this.#busiestGroup();
    if (busiest === undefined || others === undefined || busiest === group) return false;
    return sizeOf(names) + 1 < sizeOf(others) && this.#makeRoom(busiest, others, 0);
  }

  take(): Job | undefined {
    for (const [group, names] of this.#groups) {
      for (const [name, jobs] of names) {
        const job = jobs.shift();
        // Both move to the end.
        names.delete(name);
        this.#groups.delete(group);
        if (jobs.length > 0) names.set(name, jobs);
        if (names.size > 0) this.#groups.set(group, names);
        this.#size--;
        return job;
      }
    }
    return undefined;
  }

  /** Refuses the newest job of the group's busiest name, unless that has only `most` jobs. */
  #makeRoom(group: string, names: Map<string, Job[]>, most: number): boolean {
    const [name, jobs] = [...names].reduce((one, other) => (other[1].length > one[1].length ? other : one));
    if (jobs.length <= most) return false;
    jobs.pop()?.refuse();
    this.#size--;
    if (jobs.length === 0) names.delete(name);
    if (names.size === 0) this.#groups.delete(group);
    return true;
  }

  #busiestGroup(): [string, Map<string, Job[]>] | [] {
    let busiest: [string, Map<string, Job[]>] | [] = [];
    for (const entry of this.#groups) if (sizeOf(entry[1]) > sizeOf(busiest[1])) busiest = entry;
    return busiest;
  }
}

const sizeOf = (names: Map<string, Job[]> | undefined): number =>
  names === undefined ? 0 : names.values().reduce((sum, jobs) => sum + jobs.length, 0);
