import { reshapeCustomResource } from '@kube-bonsai/api-strategies'
import type { KubeObject } from '@kube-bonsai/apimachinery'
import { plainFailure } from './failure.ts'
import type { Serving } from './serving.ts'
import type { VersionCodec } from './versioned-storage.ts'
import type { ConversionWebhook } from './webhook.ts'

/** Finds the custom resource as it is served now; undefined once its definition is gone. */
export type CurrentServing = () => Serving | undefined

/**
 * Turns the objects of a custom resource into one of its versions and back, pruned and with defaults as its schemas say.
 * What was turned once is remembered by the object: reads of what did not change cost nothing.
 *
 * @see staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/converter.go
 */
export class CustomResourceCodec implements VersionCodec {
  readonly #current: CurrentServing
  readonly #apiVersion: string
  readonly #webhook: ConversionWebhook | undefined
  #decoded = new WeakMap<KubeObject, KubeObject | Promise<KubeObject>>()
  /** What came out of an object that would be stored in another way today. */
  readonly #stale = new WeakSet<KubeObject>()
  #for: Serving | undefined

  constructor(current: CurrentServing, apiVersion: string, webhook: ConversionWebhook | undefined) {
    this.#current = current
    this.#apiVersion = apiVersion
    this.#webhook = webhook
  }

  decode(stored: KubeObject): KubeObject | Promise<KubeObject> {
    const serving = this.#serving()
    const known = this.#decoded.get(stored)
    if (known !== undefined) return known
    const [, version = ''] = stored.apiVersion.split('/')
    const own = serving.versions.get(version)
    const shaped = reshapeCustomResource(stored, own?.schema, own?.preserveUnknownFields ?? false, true)
    const made = this.#turned(serving, shaped, this.#apiVersion)
    this.#decoded.set(stored, made)
    if (stored.apiVersion !== serving.storageApiVersion) {
      if (made instanceof Promise) made.then((object) => this.#stale.add(object)).catch(() => {})
      else this.#stale.add(made)
    }
    if (made instanceof Promise) made.catch(() => this.#decoded.delete(stored))
    return made
  }

  encode(object: KubeObject): KubeObject | Promise<KubeObject> {
    const serving = this.#serving()
    return this.#turned(serving, object, serving.storageApiVersion)
  }

  /** Whether an object that was read is kept in an old version, so that even an idle write brings it up to date. */
  isStale(object: KubeObject): boolean {
    return this.#stale.has(object)
  }

  /** An object in another version of its kind, where that needs no webhook; undefined otherwise. */
  convert(object: KubeObject, apiVersion: string): KubeObject | undefined {
    const made = this.#turned(this.#serving(), object, apiVersion)
    return made instanceof Promise ? undefined : made
  }

  #serving(): Serving {
    const serving = this.#current()
    if (serving === undefined) throw plainFailure('the custom resource is no longer served')
    if (serving !== this.#for) {
      this.#for = serving
      this.#decoded = new WeakMap()
    }
    return serving
  }

  #turned(serving: Serving, object: KubeObject, apiVersion: string): KubeObject | Promise<KubeObject> {
    if (object.apiVersion === apiVersion) return object
    checkVersion(serving, object.apiVersion, 'from')
    checkVersion(serving, apiVersion, 'to')
    if (serving.crd.spec.conversion?.strategy === 'Webhook') {
      if (this.#webhook === undefined) throw plainFailure('unsupported: conversion webhooks')
      return this.#webhook.convert(serving.crd, object, apiVersion).then((made) => inShape(serving, made))
    }
    return inShape(serving, { ...object, apiVersion })
  }
}

function inShape(serving: Serving, object: KubeObject): KubeObject {
  const own = serving.versions.get(object.apiVersion.split('/')[1] ?? '')
  return reshapeCustomResource(object, own?.schema, own?.preserveUnknownFields ?? false, false)
}

function checkVersion({ crd }: Serving, apiVersion: string, how: 'from' | 'to'): void {
  const [group, version] = apiVersion.split('/')
  if (group === crd.spec.group && crd.spec.versions.some(({ name }) => name === version)) return
  const article = how === 'from' ? 'from an' : 'to an'
  throw plainFailure(`request to convert CR ${article} invalid group/version: ${apiVersion}`)
}
