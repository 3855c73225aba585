import type { Clock } from '@kube-bonsai/clock'
import { Task } from './task.ts'

/** No more processes fit into the container. */
export class ForkError extends Error {
  override readonly name = 'ForkError'
  constructor() {
    super("can't fork: Resource temporarily unavailable")
  }
}

const maxTasks = 256
/** How much the processes of a session may do before time moves on. */
const costPerInstant = 2000
const second = 1000

/** Processes that began with one of them: with the first of a container, or with one that `exec` started. */
export class Session {
  readonly #startedAt: number
  readonly #foregroundFor: number
  #cost = 0
  #pauses = 0

  /** `expectedToEnd` is true for one that others wait for: so does `settle`, for as long as it takes. */
  constructor(clock: Clock, expectedToEnd: boolean) {
    this.#startedAt = clock.now()
    // Nobody waits for ever for what a script does over and over.
    this.#foregroundFor = (expectedToEnd ? 6 * 3600 : 600) * second
  }

  /** True for a wait that belongs to what the container is for, rather than to what it does over and over. */
  isForeground(until: number): boolean {
    return until - this.#startedAt <= this.#foregroundFor
  }

  /** Milliseconds to wait before the next step: time moves on for what computes without end, the longer the more. */
  pauseBeforeStep(cost: number): number {
    this.#cost += cost
    if (this.#cost <= costPerInstant) return 0
    // A pause is no rest: the next one comes sooner, and is longer.
    this.#cost = costPerInstant / 2
    this.#pauses++
    return Math.min(60 * second, Math.ceil(this.#pauses ** 3 / 20))
  }

  /** A process waits so long of itself: who waits for a second may do as much again. */
  rested(milliseconds: number): void {
    this.#cost = Math.max(0, this.#cost - milliseconds * (costPerInstant / second))
    if (this.#cost === 0 && milliseconds > 0) this.#pauses = 0
  }
}

/** The processes of one container. */
export class TaskTable {
  readonly clock: Clock
  readonly #tasks: Map<number, Task> = new Map()
  #nextPid = 1

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Starts a process; the first one is that of the container. Throws a ForkError when there are too many. */
  add(session: Session): Task {
    if (this.#tasks.size >= maxTasks) throw new ForkError()
    const task = new Task(this, session, this.#nextPid++)
    this.#tasks.set(task.pid, task)
    return task
  }

  /** Those that run, by their ids. */
  all(): readonly Task[] {
    return [...this.#tasks.values()]
  }

  find(pid: number): Task | undefined {
    return this.#tasks.get(pid)
  }

  remove(task: Task): void {
    this.#tasks.delete(task.pid)
  }

  /** Everything ends, as when the first process of a container has ended. */
  killAll(): void {
    for (const task of this.all()) task.kill(137)
  }
}
