import type { DrainOptions } from '../kubelet/drain.ts'
import type { NodeFill } from '../kubelet/node-fill.ts'
import type { NodeUpgrade } from '../kubelet/node-types.ts'

/** What can be done to a node, and what undoes it; empty for what cannot be undone. */
export const actions = {
  kill: 'boot',
  boot: '',
  stopKubelet: 'startKubelet',
  startKubelet: '',
  restartKubelet: '',
  partition: 'heal',
  heal: '',
  cordon: 'uncordon',
  uncordon: '',
  drain: 'uncordon',
  upgrade: '',
  shutDown: 'boot',
  fill: 'release',
  release: '',
  writeManifest: 'removeManifest',
  removeManifest: '',
} as const

/** The name of a thing to do to a node: a method of `SimulatedNode`. */
export type ChaosAction = keyof typeof actions

/** One entry of a script. Times are milliseconds from the start of the script. */
export interface ChaosEntry {
  /** When it happens for the first time. */
  readonly at: number
  /** How long until it happens again; once when absent. */
  readonly every?: number
  /** Not repeated after that. */
  readonly until?: number
  /** One of these is chosen each time; every node there is when empty. */
  readonly nodes: readonly string[]
  readonly do: ChaosAction
  /** After so long it is undone. */
  readonly for?: number
  readonly drain?: DrainOptions
  readonly upgrade?: NodeUpgrade
  readonly fill?: NodeFill
  /** Of a static pod. */
  readonly manifest?: { readonly file: string; readonly text: string }
}

/** Things that happen to nodes, in the cluster's time. */
export interface ChaosScript {
  readonly events: readonly ChaosEntry[]
}
