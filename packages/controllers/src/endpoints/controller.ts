import { isNotFound, type KubeObject } from '@kube-bonsai/apimachinery'
import type { Informer } from '@kube-bonsai/client'
import { type Service, type ServiceDraft, services } from '../api/core.ts'
import { pods } from '../api/known.ts'
import { keyOf, namespaceOf, splitKey } from '../api/meta.ts'
import type { Pod, PodDraft } from '../api/pod.ts'
import { clientOf, informerOf, namespaced, type ResourceRef } from '../api/resources.ts'
import type { Controller, ControllerContext, RunningController } from '../controller.ts'
import { indexByNamespace, inNamespace } from '../shell/indexes.ts'
import { Loop, onEach } from '../shell/loop.ts'
import { isNamespaceTerminating } from '../shell/pod-control.ts'
import { hasLabels, indexByLabels, selectPods } from '../shell/pods-by-label.ts'
import { semanticallyEqual } from '../values/equality.ts'
import { type EndpointSubset, subsetsOf } from './subsets.ts'

const name = 'endpoints-controller'

interface EndpointsDraft extends KubeObject {
  readonly subsets?: readonly EndpointSubset[]
}

const endpoints: ResourceRef<EndpointsDraft> = namespaced('', 'v1', 'endpoints', 'Endpoints')

function labelsOf({ metadata, spec }: Service): Readonly<Record<string, string>> {
  const headless = spec.clusterIP === 'None' || (spec.clusterIP ?? '') === ''
  const { 'service.kubernetes.io/headless': _, ...labels } = metadata.labels ?? {}
  return {
    ...labels,
    ...(headless ? { 'service.kubernetes.io/headless': '' } : {}),
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
  }
}

class EndpointsLoop implements RunningController {
  readonly #context: ControllerContext
  readonly #services: Informer<ServiceDraft>
  readonly #pods: Informer<PodDraft>
  readonly #endpoints: Informer<EndpointsDraft>
  readonly #loop: Loop

  constructor(context: ControllerContext) {
    this.#context = context
    this.#services = informerOf(context.informers, services)
    this.#pods = informerOf(context.informers, pods)
    this.#endpoints = informerOf(context.informers, endpoints)
    indexByNamespace(this.#services)
    indexByLabels(this.#pods)
    this.#loop = new Loop({ name, context, maxRetries: 15, sync: (key) => this.#sync(key) })
    this.#loop
      .listen(
        this.#services,
        onEach((service) => this.#loop.queue.add(keyOf(service))),
      )
      .listen(this.#pods, {
        ...onEach((pod) => this.#podChanged(pod)),
        onUpdate: (pod, old) => {
          if (pod.metadata.labels !== old.metadata.labels) this.#podChanged(old)
          this.#podChanged(pod)
        },
      })
      .listen(this.#endpoints, { onDelete: (gone) => this.#loop.queue.add(keyOf(gone)) })
      .run()
  }

  stop(): void {
    this.#loop.stop()
  }

  #podChanged(pod: Pod): void {
    for (const service of inNamespace(this.#services, namespaceOf(pod))) {
      if (hasLabels(pod, service.spec.selector)) this.#loop.soon(keyOf(service))
    }
  }

  async #sync(key: string): Promise<void> {
    const service = this.#services.store.get(key)
    const present = this.#endpoints.store.get(key)
    if (service === undefined) return this.#remove(key, present !== undefined)
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return
    const subsets = subsetsOf(service, selectPods(this.#pods, namespaceOf(service), service.spec.selector))
    const labels = labelsOf(service)
    const resource = clientOf(this.#context.client, endpoints, namespaceOf(service))
    if (present === undefined) {
      const metadata = { name: service.metadata.name, namespace: namespaceOf(service), labels }
      try {
        await resource.create({ apiVersion: 'v1', kind: 'Endpoints', metadata, subsets })
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error
      }
    } else if (!semanticallyEqual(present.subsets, subsets) || !semanticallyEqual(present.metadata.labels, labels)) {
      await resource.update({ ...present, metadata: { ...present.metadata, labels }, subsets })
    }
  }

  async #remove(key: string, present: boolean): Promise<void> {
    if (!present) return
    const { namespace, name: service } = splitKey(key)
    try {
      await clientOf(this.#context.client, endpoints, namespace).delete(service)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

/** Keeps the Endpoints of Services with a selector. @see pkg/controller/endpoint */
export const endpointsController: Controller = { name, start: (context) => new EndpointsLoop(context) }
