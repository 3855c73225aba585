import type { PolicyRule } from '@kube-bonsai/api-types/rbac/v1'
import { quote } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { User } from '../../context.ts'
import type {
  AuthorizationAttributes,
  AuthorizationDecision,
  Authorizer,
  ResourceAttributes,
  UserRules,
} from '../authorizer.ts'
import { ruleAllows } from '../rbac/rule-matching.ts'
import type { NodeGraph, Related } from './graph.ts'
import { nodeOf } from './identity.ts'

const allowed: AuthorizationDecision = { decision: 'allow', reason: '' }
const none = (reason: string): AuthorizationDecision => ({ decision: 'none', reason })

/** A question of a node, with what is needed to answer it. */
interface Question {
  readonly node: string
  readonly asked: ResourceAttributes
}

/**
 * `Node`: a kubelet may read what its pods need, and see to itself and its pods. Others get no opinion.
 * @see plugin/pkg/auth/authorizer/node/node_authorizer.go
 */
export class NodeAuthorizer implements Authorizer {
  readonly #graph: NodeGraph
  readonly #gates: FeatureGates
  readonly #rules: readonly PolicyRule[]

  /** @param rules those of the role `system:node` */
  constructor(graph: NodeGraph, gates: FeatureGates, rules: readonly PolicyRule[]) {
    this.#graph = graph
    this.#gates = gates
    this.#rules = rules
  }

  authorize(attributes: AuthorizationAttributes): Promise<AuthorizationDecision> | AuthorizationDecision {
    const node = nodeOf(attributes.user)
    if (node === undefined) return none('')
    if (node === '') return none(`unknown node for user ${quote(attributes.user.name)}`)
    const waiting = this.#graph.ready()
    return waiting ? waiting.then(() => this.#decide(node, attributes)) : this.#decide(node, attributes)
  }

  prepare(user: User): Promise<void> | undefined {
    return nodeOf(user) ? this.#graph.ready() : undefined
  }

  rulesFor(user: User): UserRules {
    if (nodeOf(user) === undefined) return { rules: [], incomplete: false, errors: [] }
    return { rules: [], incomplete: true, errors: ['node authorizer does not support user rule resolution'] }
  }

  #decide(node: string, asked: AuthorizationAttributes): AuthorizationDecision {
    const special = asked.kind === 'resource' ? this.#special({ node, asked }) : undefined
    if (special !== undefined) return special
    return this.#rules.some((rule) => ruleAllows(rule, asked)) ? allowed : none('')
  }

  /** The answer for a resource that has rules of its own. */
  #special(question: Question): AuthorizationDecision | undefined {
    const { group, resource, subresource } = question.asked
    switch (group === '' ? resource : `${resource}.${group}`) {
      case 'secrets':
        return this.#read(question, 'secret')
      case 'configmaps':
        return this.#read(question, 'configmap')
      case 'persistentvolumeclaims':
        return subresource === 'status' ? this.#updateStatus(question, 'pvc') : this.#get(question, 'pvc')
      case 'persistentvolumes':
        return this.#get(question, 'pv')
      case 'resourceclaims.resource.k8s.io':
        return this.#get(question, 'resourceclaim')
      case 'volumeattachments.storage.k8s.io':
        return this.#get(question, 'volumeattachment')
      case 'serviceaccounts':
        return this.#serviceAccount(question)
      case 'leases.coordination.k8s.io':
        return ownLease(question)
      case 'csinodes.storage.k8s.io':
        return ownCsiNode(question)
      case 'resourceslices.resource.k8s.io':
        return this.#resourceSlice(question)
      case 'nodes':
        return ownNode(question)
      case 'pods':
        return this.#pod(question)
      case 'podcertificaterequests.certificates.k8s.io':
        return this.#gates.enabled('PodCertificateRequest') ? this.#certificateRequest(question) : none('')
      default:
        return undefined
    }
  }

  #related({ node, asked }: Question, kind: Related): AuthorizationDecision {
    if (asked.name === '') return none('No Object name found')
    const { namespace, name } = asked
    if (this.#graph.isRelated(node, kind, namespace, name)) return allowed
    return none(`no relationship found between node '${node}' and this object`)
  }

  #updateStatus(question: Question, kind: Related): AuthorizationDecision {
    const { verb } = question.asked
    if (verb !== 'update' && verb !== 'patch') return none('can only get/update/patch this type')
    return this.#related(question, kind)
  }

  #get(question: Question, kind: Related): AuthorizationDecision {
    const { verb, subresource } = question.asked
    if (verb !== 'get') return none('can only get individual resources of this type')
    if (subresource !== '') return none('cannot get subresource')
    return this.#related(question, kind)
  }

  #read(question: Question, kind: Related): AuthorizationDecision {
    const { verb, subresource, namespace } = question.asked
    if (!['get', 'list', 'watch'].includes(verb)) return none('can only read resources of this type')
    if (subresource !== '') return none('cannot read subresource')
    if (namespace === '') return none('can only read namespaced object of this type')
    return this.#related(question, kind)
  }

  #serviceAccount(question: Question): AuthorizationDecision {
    const { verb, subresource, name } = question.asked
    if (verb === 'get' && subresource === '') {
      const gates = ['KubeletServiceAccountTokenForCredentialProviders', 'PodCertificateRequest']
      if (!gates.some((gate) => this.#gates.enabled(gate))) return none('not allowed to get service accounts')
      return this.#read(question, 'serviceaccount')
    }
    if (verb !== 'create' || name === '') return none('can only create tokens for individual service accounts')
    if (subresource !== 'token') return none('can only create token subresource of serviceaccount')
    return this.#related(question, 'serviceaccount')
  }

  #resourceSlice(question: Question): AuthorizationDecision {
    const { verb, subresource } = question.asked
    if (subresource !== '') return none('cannot authorize ResourceSlice subresources')
    switch (verb) {
      case 'create':
        return allowed
      case 'get':
      case 'update':
      case 'patch':
      case 'delete':
        return this.#related(question, 'resourceslice')
      case 'watch':
      case 'list':
      case 'deletecollection':
        if (selectsOwn(question)) return allowed
        return none('can only list/watch/deletecollection resourceslices with nodeName field selector')
      default: {
        const verbs = 'get, watch, list, create, update, patch, delete, deletecollection'
        return none(`only the following verbs are allowed for a ResourceSlice: ${verbs}`)
      }
    }
  }

  #certificateRequest(question: Question): AuthorizationDecision {
    const { verb, subresource } = question.asked
    if (subresource !== '') return none('nodes may not access the status subresource of PodCertificateRequests')
    if (verb === 'create') return allowed
    if (verb === 'get') return this.#related(question, 'podcertificaterequest')
    if (verb !== 'list' && verb !== 'watch') return none(`nodes may not ${verb} podcertificaterequests`)
    if (selectsOwn(question)) return allowed
    return none('can only list/watch podcertificaterequests with nodeName field selector')
  }

  #pod(question: Question): AuthorizationDecision {
    const { verb, subresource, name } = question.asked
    const changesStatus = subresource === 'status' && (verb === 'update' || verb === 'patch')
    if (changesStatus || (subresource === 'eviction' && verb === 'create')) return allowed
    if (subresource !== '') return none('')
    if (verb === 'get') return this.#get(question, 'pod')
    if (verb === 'create' || verb === 'delete') return allowed
    if (verb !== 'list' && verb !== 'watch') return none('')
    if (selectsOwn(question)) return allowed
    if (name !== '') return this.#related(question, 'pod')
    return none('can only list/watch pods with spec.nodeName field selector')
  }
}

/** True for a request for the objects of the node that asks. */
function selectsOwn({ node, asked }: Question): boolean {
  return (asked.fieldSelector ?? []).some(
    ({ key, operator, values }) => key === 'spec.nodeName' && operator === '=' && values[0] === node,
  )
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete']

function ownLease({ node, asked: { verb, namespace, name } }: Question): AuthorizationDecision {
  if (!ownVerbs.includes(verb)) return none('can only get, create, update, patch, or delete a node lease')
  if (namespace !== 'kube-node-lease') return none('can only access leases in the "kube-node-lease" system namespace')
  if (verb === 'create' || name === node) return allowed
  return none('can only access node lease with the same name as the requesting node')
}

function ownCsiNode({ node, asked: { verb, subresource, name } }: Question): AuthorizationDecision {
  if (!ownVerbs.includes(verb)) return none('can only get, create, update, patch, or delete a CSINode')
  if (subresource !== '') return none('cannot authorize CSINode subresources')
  if (verb === 'create' || name === node) return allowed
  return none('can only access CSINode with the same name as the requesting node')
}

function ownNode({ node, asked: { verb, subresource, name } }: Question): AuthorizationDecision {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allowed : none('')
  if (subresource !== '') return none('')
  if (['create', 'update', 'patch'].includes(verb)) return allowed
  if (!['get', 'list', 'watch'].includes(verb)) return none('')
  if (name === node) return allowed
  const others = name === '' ? 'all nodes' : `'${name}'`
  return none(`node '${node}' cannot read ${others}, only its own Node object`)
}
