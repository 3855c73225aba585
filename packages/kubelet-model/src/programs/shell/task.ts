import type { Timer } from '@kube-bonsai/clock'
import { signalNumbers } from './signals.ts'
import type { Session, TaskTable } from './task-table.ts'

const costOfSleep = 20

/** The process was killed: whatever it does ends here. */
export class Killed extends Error {
  override readonly name = 'Killed'
  readonly code: number
  constructor(code: number) {
    super(`killed with exit code ${code}`)
    this.code = code
  }
}

/** Somebody typed ^C while an interactive shell was at work. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** One process: it sleeps, waits, gets signals and can be killed. */
export class Task {
  readonly pid: number
  readonly table: TaskTable
  readonly session: Session
  /** What it was started as. */
  words: readonly string[] = ['sh']
  /** What a signal does; `kill` by default. The first process of a container ignores what it has no handler for. */
  onSignal: ((name: string) => 'handled' | 'ignored' | 'default') | undefined
  #killed: Killed | undefined
  #interrupted = false
  readonly #children: Set<Task> = new Set()
  readonly #wakers: Set<() => void> = new Set()
  readonly #interrupters: Set<() => void> = new Set()

  constructor(table: TaskTable, session: Session, pid: number) {
    this.table = table
    this.session = session
    this.pid = pid
  }

  /** True for the process that a container ends with. */
  get isInit(): boolean {
    return this.pid === 1
  }

  /** A process that this one waits for: it is killed with this one. Throws a ForkError when there are too many. */
  fork(): Task {
    const child = this.detach()
    this.#children.add(child)
    return child
  }

  /** The same, but it lives on when this one ends. */
  detach(): Task {
    const child = this.table.add(this.session)
    child.words = this.words
    return child
  }

  /** A child has ended. */
  join(child: Task): void {
    this.#children.delete(child)
    this.table.remove(child)
  }

  signal(name: string): void {
    if (name === 'CHLD' || name === 'CONT') return
    if (name === 'KILL' || name === 'STOP') {
      if (!this.isInit && name === 'KILL') this.kill(137)
      return
    }
    const answer = this.onSignal?.(name) ?? 'default'
    if (answer === 'handled') for (const interrupt of [...this.#interrupters]) interrupt()
    else if (answer === 'default' && !this.isInit) this.kill(128 + (signalNumbers[name] ?? 0))
  }

  /** The same for all that it waits for, as a terminal does it. */
  signalAll(name: string): void {
    for (const child of [...this.#children]) child.signalAll(name)
    this.signal(name)
  }

  /** Passes a signal on to those it waits for that have a handler for it. */
  offer(name: string): void {
    for (const child of [...this.#children]) {
      if (child.onSignal) child.signal(name)
      else child.offer(name)
    }
  }

  /** What it does now, or does next, rejects with Interrupted. */
  interrupt(): void {
    this.#interrupted = true
    for (const wake of [...this.#wakers]) wake()
  }

  /** Ends the process: whatever it waits for rejects with Killed. */
  kill(code: number): void {
    this.#killed ??= new Killed(code)
    for (const child of [...this.#children]) child.kill(code)
    for (const wake of [...this.#wakers]) wake()
  }

  /** Throws Killed in a process that was killed, and Interrupted once in one that was interrupted. */
  check(): void {
    if (this.#killed) throw this.#killed
    if (!this.#interrupted) return
    this.#interrupted = false
    throw new Interrupted()
  }

  /** Waits for something, or until the process is killed: then it rejects with Killed. */
  async waitFor<T>(promise: Promise<T>): Promise<T> {
    this.check()
    let wake = () => {}
    const killed = new Promise<void>((resolve) => {
      wake = resolve
    })
    this.#wakers.add(wake)
    try {
      const result = await Promise.race([promise, killed])
      this.check()
      return result as T
    } finally {
      this.#wakers.delete(wake)
    }
  }

  /** Waits for something or for a signal that is handled, which gives undefined. */
  async interruptible<T>(promise: Promise<T>): Promise<T | undefined> {
    let interrupt = () => {}
    const interrupted = new Promise<undefined>((resolve) => {
      interrupt = () => resolve(undefined)
    })
    this.#interrupters.add(interrupt)
    try {
      return await this.waitFor(Promise.race([promise, interrupted]))
    } finally {
      this.#interrupters.delete(interrupt)
    }
  }

  /** Waits; for ever when that is not finite. */
  async sleep(milliseconds: number): Promise<void> {
    // Waking up is work, too: who hardly sleeps is made to wait.
    await this.step(costOfSleep)
    this.session.rested(milliseconds)
    if (milliseconds < 1) return
    if (Number.isFinite(milliseconds)) await this.#pause(milliseconds)
    else await this.waitFor(new Promise<void>(() => {}))
  }

  async #pause(milliseconds: number): Promise<void> {
    const { clock } = this.table
    let timer: Timer | undefined
    try {
      await this.waitFor(
        new Promise<void>((resolve) => {
          const until = clock.now() + milliseconds
          timer = clock.schedule(until, resolve, { background: !this.session.isForeground(until) })
        }),
      )
    } finally {
      timer?.cancel()
    }
  }

  /**
   * Comes before everything that a process does: a loop without end lets others work and can be killed. `cost` says how much it is:
   * 1 for a command.
   */
  async step(cost: number = 1): Promise<void> {
    this.check()
    const pause = this.session.pauseBeforeStep(cost)
    if (pause > 0) await this.#pause(pause)
  }
}
