import { isNotFound } from '@kube-bonsai/apimachinery'
import { pods as podResource } from '../api/known.ts'
import { namespaceOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { clientOf } from '../api/resources.ts'
import type { ControllerContext } from '../controller.ts'
import type { EventRecorder } from '../event-recorder.ts'
import type { Expectations } from '../shell/expectations.ts'
import type { PodControl } from '../shell/pod-control.ts'
import type { BackoffRecord } from './backoff.ts'
import { trackingFinalizer } from './types.ts'

/** What a sync of a Job may use. */
export interface JobTools {
  readonly context: ControllerContext
  readonly recorder: EventRecorder
  readonly control: PodControl
  readonly expectations: Expectations
  readonly backoff: Map<string, BackoffRecord>
  /** Pods whose finalizer was taken away although the informer does not know yet. */
  readonly released: Set<string>
  /** Whether a suspended Job forgets when it started (gate MutableSchedulingDirectivesForSuspendedJobs). */
  readonly forgetStart: boolean
  again(milliseconds: number): void
}

/** Takes the tracking finalizer from a pod; a pod that is gone needs it no more. */
export async function releasePod({ client }: ControllerContext, pod: Pod): Promise<void> {
  const metadata = { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] }
  try {
    await clientOf(client, podResource, namespaceOf(pod)).patch(pod.metadata.name, 'strategic', { metadata })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
