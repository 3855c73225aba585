import type { Clock } from '@kube-bonsai/clock'
import type { FileSystem } from '../../files/file-system.ts'
import type { ContainerNetwork } from '../../runtime/container-network.ts'
import type { ProgramContext } from '../../runtime/program.ts'
import type { Input, Output } from './streams.ts'
import type { Task } from './task.ts'
import type { TaskTable } from './task-table.ts'

/** What the processes of a container share. */
export interface World {
  readonly files: FileSystem
  readonly clock: Clock
  readonly pod: { readonly name: string; readonly namespace: string; readonly uid: string }
  readonly image: string
  /** Answers HTTP on a port of the pod. */
  readonly listen: ProgramContext['listen']
  readonly network: ContainerNetwork | undefined
  readonly tasks: TaskTable
  /** The container's own process. */
  readonly first: Task
  /** Finds a command by its name. */
  readonly commands: (name: string) => CommandFunction | undefined
  /** The outputs of the container's first process: its log. */
  readonly log: Output
}

/** What a command sees. */
export interface CommandContext {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly task: Task
  readonly world: World
  /** True on a terminal. */
  readonly tty: boolean
}

/** A command: it returns its exit code. What it throws is told on its standard error, with an exit code of 1. */
export type CommandFunction = (context: CommandContext) => Promise<number> | number
