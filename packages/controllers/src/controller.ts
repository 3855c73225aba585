import type { Client, InformerFactory } from '@kube-bonsai/client'
import type { Clock, Random } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { EventRecorder } from './event-recorder.ts'

/** What a controller may use; everything it does goes through `client`. */
export interface ControllerContext {
  readonly client: Client
  readonly informers: InformerFactory
  readonly clock: Clock
  readonly random: Random
  readonly gates: FeatureGates
  /** Records Events as the named component, of a node where it runs on each. */
  recorder(component: string, host?: string): EventRecorder
  /** Told of errors that a sync returned; the key is retried with back-off. */
  readonly onError?: (controller: string, key: string, error: unknown) => void
}

/** A controller that is running. */
export interface RunningController {
  stop(): void
}

/** One loop of kube-controller-manager, by the name that its --controllers flag knows (`deployment-controller`). */
export interface Controller {
  readonly name: string
  start(context: ControllerContext): RunningController
}
