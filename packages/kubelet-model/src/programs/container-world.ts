import type { ProgramContext } from '../runtime/program.ts'
import { commandNamed } from './commands/table.ts'
import { Session, TaskTable } from './shell/task-table.ts'
import type { CommandFunction, World } from './shell/world.ts'

/** Of the containers in which a shell or one of its commands runs; the others cost nothing. */
const worlds = new WeakMap<ProgramContext, World>()
const bytesPerStep = 1024
/** Lines of a log are kept one by one. */
const loggedBytesPerStep = 128

/** What the processes of a container share; made for the first one that asks. */
export function worldOf(container: ProgramContext, own: Readonly<Record<string, CommandFunction>> = {}): World {
  const known = worlds.get(container)
  if (known) return known
  const { clock, pod, image } = container
  const tasks = new TaskTable(clock)
  const first = tasks.add(new Session(clock, container.expectedToEnd))
  first.words = [...container.command, ...container.args]
  // A program that is no shell is told by its container; a shell sets a handler of its own.
  first.onSignal = (name) => {
    container.signal?.(name)
    return 'handled'
  }
  const world: World = {
    clock,
    pod,
    image,
    tasks,
    first,
    commands: (name) => (Object.hasOwn(own, name) ? own[name] : commandNamed(name)),
    listen: container.listen,
    get files() {
      return container.files
    },
    get network() {
      return container.network
    },
    log: {
      // Who writes much lets time go on.
      write: async (data) => {
        container.write?.(data)
        await first.step(0.5 + data.length / loggedBytesPerStep)
      },
    },
  }
  void container.ended.then(() => tasks.killAll())
  worlds.set(container, world)
  return world
}

/** How much it is to pass something on. */
export function costOf(data: string | Uint8Array): number {
  return data.length / bytesPerStep
}
