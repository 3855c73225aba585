import { decode, scheme } from '@kube-bonsai/api-types'
import { deepEqual, type KubeObject, newBadRequest, newInternalError, parseApiVersion } from '@kube-bonsai/apimachinery'
import { applyJsonPatch } from '@kube-bonsai/patch'
import type { RequestContext } from '../../context.ts'
import { withMeta } from '../../registry/objects.ts'
import type { AdmissionPlugin, Attributes } from '../chain.ts'
import { inVersion } from '../policies/request-input.ts'
import type { MatchedResource } from '../policies/rule-matching.ts'
import { askWebhook } from './call.ts'
import { CallFailure, refusalOf } from './failures.ts'
import type { Verdict } from './review.ts'
import { isShown, matchWebhook, type Webhook, webhooksOf } from './webhook.ts'

/** What earlier calls of a request leave for the second round. */
class Memory {
  last: KubeObject | undefined
  /** Webhooks that want to be asked again when others change the object after them. */
  readonly asked: Set<string> = new Set()
  readonly again: Set<string> = new Set()

  askAgain(): void {
    for (const key of this.asked) this.again.add(key)
    this.asked.clear()
  }
}

const memories = new WeakMap<object, Memory>()

/** Asks mutating webhooks one after the other; each sees what the one before has made. @see staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go */
export const mutatingWebhooks: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  async admit(context, attributes) {
    if (attributes.operation === 'DELETE' || !isShown(attributes)) return attributes.object
    const webhooks = await webhooksOf(context, 'mutating')
    return webhooks.length === 0 ? attributes.object : new Round(context, attributes).run(webhooks)
  },
  /** Deletions have no mutating phase of their own here; these webhooks come before all that validate. */
  async validate(context, attributes) {
    if (attributes.operation !== 'DELETE' || !isShown(attributes)) return
    const webhooks = await webhooksOf(context, 'mutating')
    if (webhooks.length > 0) await new Round(context, attributes).run(webhooks)
  },
}

class Round {
  readonly #context: RequestContext
  readonly #attributes: Attributes
  readonly #memory: Memory
  #object: KubeObject

  constructor(context: RequestContext, attributes: Attributes) {
    this.#context = context
    this.#attributes = attributes
    this.#object = attributes.object
    // Both rounds of a request, and no other, share where its name came from.
    const key =
      attributes.reinvocation?.isReinvoke === false || !memories.has(context) ? new Memory() : memories.get(context)
    this.#memory = key ?? new Memory()
    memories.set(context, this.#memory)
  }

  async run(webhooks: readonly Webhook[]): Promise<KubeObject> {
    const again = this.#attributes.reinvocation?.isReinvoke === true
    if (again && !same(this.#memory.last, this.#object)) this.#memory.askAgain()
    for (const webhook of webhooks) {
      const attributes = { ...this.#attributes, object: this.#shown() }
      const matched = await matchWebhook(this.#context, attributes, webhook)
      if (matched === undefined) continue
      const key = `${webhook.configuration}/${webhook.index}/${webhook.hook.name}`
      if (again && !this.#memory.again.has(key)) continue
      await this.#ask(attributes, webhook, matched, key)
    }
    this.#memory.last = this.#object
    return this.#object
  }

  async #ask(attributes: Attributes, webhook: Webhook, matched: MatchedResource, key: string): Promise<void> {
    const { hook } = webhook
    let changed = false
    try {
      const verdict = await askWebhook(this.#context, attributes, webhook, matched, true)
      changed = this.#apply(verdict, hook.name, matched)
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      if (hook.failurePolicy !== 'Ignore') throw refusalOf(error)
    }
    if (changed) {
      this.#memory.askAgain()
      this.#attributes.reinvocation?.require()
    }
    if (hook.reinvocationPolicy === 'IfNeeded') this.#memory.asked.add(key)
  }

  /** What system fields hold is decided after mutating admission, so nobody sees them there. */
  #shown(): KubeObject {
    if (this.#attributes.operation !== 'CREATE') return this.#object
    return withMeta(this.#object, { uid: undefined, creationTimestamp: undefined })
  }

  #apply({ patch, patchType }: Verdict, webhook: string, matched: MatchedResource): boolean {
    if (patch === '') return false
    const operations = readPatch(patch, webhook)
    if (operations.length === 0) return false
    const { operation, target, namespace } = this.#attributes
    if (operation === 'DELETE')
      throw newInternalError(
        `admission webhook "${webhook}" attempted to modify the object, which is not supported for this operation`,
      )
    if (patchType !== 'JSONPatch') throw new CallFailure(webhook, `unsupported patch type "${patchType}"`)
    const before = this.#shown()
    const isOwn = before.kind === undefined || before.kind === target.info.kind
    const shown = isOwn ? inVersion(before, matched) : before
    const patched = this.#decoded(applied(shown, operations))
    if (deepEqual(shown, patched)) return false
    if (target.stored.namespaced && (patched.metadata.namespace ?? '') !== namespace)
      throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request')
    const { uid, creationTimestamp } = this.#object.metadata
    const stored = isOwn
      ? inVersion(patched, { ...matched, group: target.stored.group, version: target.stored.version })
      : patched
    this.#object = operation === 'CREATE' ? withMeta(stored, { uid, creationTimestamp }) : stored
    return true
  }

  /** A patched object has to be one of its kind. */
  #decoded(object: KubeObject): KubeObject {
    const version = parseApiVersion(object.apiVersion ?? '')
    if (version === undefined || this.#attributes.target.custom) return object
    const { object: decoded, typeErrors } = decode(scheme.loaded, { ...version, kind: object.kind ?? '' }, object)
    const [problem] = typeErrors
    if (problem !== undefined || decoded === undefined) throw newInternalError(problem ?? 'the patched object is none')
    return decoded as unknown as KubeObject
  }
}

function readPatch(patch: string, webhook: string): readonly unknown[] {
  try {
    const operations: unknown = JSON.parse(patch)
    if (Array.isArray(operations)) return operations
    throw new Error('json: cannot unmarshal a value that is no list into Go value of type jsonpatch.Patch')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CallFailure(webhook, `received undecodable patch in webhook response: ${why}`)
  }
}

function applied(object: KubeObject, operations: readonly unknown[]): KubeObject {
  try {
    return applyJsonPatch(object, operations) as unknown as KubeObject
  } catch (error) {
    throw newInternalError(error instanceof Error ? error.message : String(error))
  }
}

function same(left: KubeObject | undefined, right: KubeObject): boolean {
  return left === right || (left !== undefined && deepEqual(left, right))
}
