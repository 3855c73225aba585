import { labelSelectorAsSelector } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import type { Deployment, DeploymentDraft, ReplicaSet, ReplicaSetDraft } from '../api/apps.ts'
import { deployments, pods, replicaSets } from '../api/known.ts'
import { controllerOf, joinKey, keyOf, namespaceOf } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf, informerOf } from '../api/resources.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import type { EventRecorder } from '../event-recorder.ts'
import { isPodTerminal } from '../pods/state.ts'
import { claim } from '../shell/claim.ts'
import { indexByController, indexByNamespace, inNamespace, ownedAndOrphaned, ownedBy } from '../shell/indexes.ts'
import { Loop, onEach } from '../shell/loop.ts'
import { Rollout } from './rollout.ts'

const name = 'deployment-controller'

class DeploymentLoop implements RunningController {
  readonly #context: ControllerContext
  readonly #recorder: EventRecorder
  readonly #deployments: Informer<DeploymentDraft>
  readonly #sets: Informer<ReplicaSetDraft>
  readonly #pods: Informer<PodDraft>
  readonly #loop: Loop
  readonly #countTerminating: boolean

  constructor(context: ControllerContext) {
    this.#context = context
    this.#recorder = context.recorder(name)
    this.#countTerminating = context.gates.enabled('DeploymentReplicaSetTerminatingReplicas')
    this.#deployments = informerOf(context.informers, deployments)
    this.#sets = informerOf(context.informers, replicaSets)
    this.#pods = informerOf(context.informers, pods)
    indexByNamespace(this.#deployments)
    indexByController(this.#sets)
    indexByController(this.#pods)
    this.#loop = new Loop({ name, context, maxRetries: 15, sync: (key) => this.#sync(key) })
    this.#loop
      .listen(
        this.#deployments,
        onEach((deployment) => this.#loop.queue.add(keyOf(deployment))),
      )
      .listen(this.#sets, {
        ...onEach((set) => this.#setChanged(set)),
        onUpdate: (set, old) => {
          if (controllerOf(old)?.uid !== controllerOf(set)?.uid) this.#setChanged(old)
          this.#setChanged(set)
        },
      })
      .listen(this.#pods, { onDelete: (pod) => this.#podDeleted(pod) })
      .run()
  }

  stop(): void {
    this.#loop.stop()
  }

  #owner(set: ReplicaSet): Deployment | undefined {
    const ref = controllerOf(set)
    if (ref === undefined || ref.kind !== 'Deployment') return undefined
    const deployment = this.#deployments.store.get(joinKey(namespaceOf(set), ref.name))
    return deployment?.metadata.uid === ref.uid ? deployment : undefined
  }

  #setChanged(set: ReplicaSet): void {
    if (controllerOf(set) !== undefined) {
      const owner = this.#owner(set)
      if (owner !== undefined) this.#loop.queue.add(keyOf(owner))
      return
    }
    if (Object.keys(set.metadata.labels ?? {}).length === 0) return
    for (const deployment of inNamespace(this.#deployments, namespaceOf(set))) {
      const selector = labelSelectorAsSelector(deployment.spec.selector)
      if (!selector.empty && selector.matches(set.metadata.labels)) this.#loop.queue.add(keyOf(deployment))
    }
  }

  /** Only Recreate waits for pods to go; it goes on when the last one has. */
  #podDeleted(pod: Pod): void {
    const ref = controllerOf(pod)
    if (ref?.kind !== 'ReplicaSet') return
    const set = this.#sets.store.get(joinKey(namespaceOf(pod), ref.name))
    const owner = set?.metadata.uid === ref.uid ? this.#owner(set) : undefined
    if (owner?.spec.strategy?.type !== 'Recreate') return
    const none = ownedBy(this.#sets, owner.metadata.uid).every(
      ({ metadata }) => ownedBy(this.#pods, metadata.uid).length === 0,
    )
    if (none) this.#loop.queue.add(keyOf(owner))
  }

  async #sync(key: string): Promise<void> {
    const deployment = this.#deployments.store.get(key)
    if (deployment === undefined) return
    if (labelSelectorAsSelector(deployment.spec.selector).empty) return this.#refuse(deployment)
    const sets = await this.#claim(deployment)
    const rollout = new Rollout(deployment, sets, {
      context: this.#context,
      recorder: this.#recorder,
      countTerminating: this.#countTerminating,
      again: (milliseconds) => this.#loop.queue.addAfter(key, milliseconds, { background: true }),
      oldPodsRunning: (all, newSet) => this.#oldPodsRunning(all, newSet),
    })
    await rollout.sync()
  }

  #claim(deployment: Deployment): Promise<readonly ReplicaSet[]> {
    const { client } = this.#context
    const namespace = namespaceOf(deployment)
    return claim<ReplicaSetDraft>({
      owner: deployment,
      kind: deployments,
      selector: labelSelectorAsSelector(deployment.spec.selector),
      candidates: ownedAndOrphaned(this.#sets, deployment),
      resource: clientOf(client, replicaSets, namespace),
      fresh: () => clientOf(client, deployments, namespace).get(deployment.metadata.name),
    })
  }

  #oldPodsRunning(sets: readonly ReplicaSet[], newSet: ReplicaSet | undefined): boolean {
    return sets
      .filter((set) => set.metadata.uid !== newSet?.metadata.uid)
      .some((set) => ownedBy(this.#pods, set.metadata.uid).some((pod) => !isPodTerminal(pod)))
  }

  async #refuse(deployment: Deployment): Promise<void> {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.'
    this.#recorder.event(deployment, 'Warning', 'SelectingAll', message)
    const { status, metadata } = deployment
    if ((status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)) return
    const client = clientOf(this.#context.client, deployments, namespaceOf(deployment))
    await client.updateStatus({ ...deployment, status: { ...status, observedGeneration: metadata.generation ?? 0 } })
  }
}

/** Rolls out Deployments. @see pkg/controller/deployment */
export const deploymentController: Controller = { name, start: (context) => new DeploymentLoop(context) }
