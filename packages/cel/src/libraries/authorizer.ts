import { isDNS1123Label, isDNS1123Subdomain } from '@kube-bonsai/apimachinery'
import type { CelFunction } from '../functions/dispatch.ts'
import { on } from '../functions/typed.ts'
import { type CelType, structType } from '../types/cel-type.ts'
import { CelError, CelObject, type Value } from '../values/value.ts'

/** Who asks: the user of the request, or a service account that the expression named. */
export type AuthorizationSubject =
  | { readonly kind: 'user' }
  | { readonly kind: 'serviceAccount'; readonly namespace: string; readonly name: string }

/** What an expression asks an authorizer. */
export type AuthorizationQuestion =
  | { readonly subject: AuthorizationSubject; readonly verb: string; readonly path: string }
  | {
      readonly subject: AuthorizationSubject
      readonly verb: string
      readonly group: string
      readonly resource: string
      readonly subresource: string
      readonly namespace: string
      readonly name: string
      readonly fieldSelector: string
      readonly labelSelector: string
    }

/** What it answers. */
export interface AuthorizationAnswer {
  readonly allowed: boolean
  readonly reason: string
  readonly error?: string
}

/** Answers at once: expressions do not wait. */
export type Authorize = (question: AuthorizationQuestion) => AuthorizationAnswer

abstract class Receiver extends CelObject {
  equals(other: Value): boolean {
    return this === other
  }

  toString(): string {
    return this.type.name
  }
}

const named = (name: string): CelType => structType(`kubernetes.authorization.${name}`)

/** `authorizer`. */
export class AuthorizerValue extends Receiver {
  readonly type: CelType = named('Authorizer')
  readonly authorize: Authorize
  readonly subject: AuthorizationSubject

  constructor(authorize: Authorize, subject: AuthorizationSubject = { kind: 'user' }) {
    super()
    this.authorize = authorize
    this.subject = subject
  }
}

class PathCheck extends Receiver {
  readonly type: CelType = named('PathCheck')
  readonly authorizer: AuthorizerValue
  readonly path: string

  constructor(authorizer: AuthorizerValue, path: string) {
    super()
    this.authorizer = authorizer
    this.path = path
  }
}

class GroupCheck extends Receiver {
  readonly type: CelType = named('GroupCheck')
  readonly authorizer: AuthorizerValue
  readonly group: string

  constructor(authorizer: AuthorizerValue, group: string) {
    super()
    this.authorizer = authorizer
    this.group = group
  }
}

interface Attributes {
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
}

/** `authorizer.requestResource`, and what `resource()` makes. */
export class ResourceCheckValue extends Receiver {
  readonly type: CelType = named('ResourceCheck')
  readonly authorizer: AuthorizerValue
  readonly attributes: Attributes

  constructor(authorizer: AuthorizerValue, attributes: Attributes) {
    super()
    this.authorizer = authorizer
    this.attributes = attributes
  }
}

class Decision extends Receiver {
  readonly type: CelType = named('Decision')
  readonly answer: AuthorizationAnswer

  constructor(answer: AuthorizationAnswer) {
    super()
    this.answer = answer
  }
}

const isBlank = (text: string): boolean => text.trim() === ''

function asServiceAccount(authorizer: AuthorizerValue, namespace: string, name: string): Value {
  if (isDNS1123Subdomain(name).length > 0) return new CelError('Invalid service account name')
  if (isDNS1123Label(namespace).length > 0) return new CelError('Invalid service account namespace')
  return new AuthorizerValue(authorizer.authorize, { kind: 'serviceAccount', namespace, name })
}

const setting = (key: 'subresource' | 'namespace' | 'name' | 'fieldSelector' | 'labelSelector'): CelFunction =>
  on(
    [ResourceCheckValue, 'string'],
    ({ authorizer, attributes }, value) => new ResourceCheckValue(authorizer, { ...attributes, [key]: value }),
  )

function checkResource({ authorizer, attributes }: ResourceCheckValue, verb: string): Value {
  const none = { subresource: '', namespace: '', name: '', fieldSelector: '', labelSelector: '' }
  return new Decision(authorizer.authorize({ subject: authorizer.subject, verb, ...none, ...attributes }))
}

const about = (read: (answer: AuthorizationAnswer) => Value): CelFunction =>
  on([Decision], ({ answer }) => read(answer))

/** @see apiserver/pkg/cel/library/authz.go */
export const authorizerFunctions: readonly (readonly [string, CelFunction])[] = [
  [
    'authorizer_path',
    on([AuthorizerValue, 'string'], (authorizer, path) =>
      isBlank(path) ? new CelError('path must not be empty') : new PathCheck(authorizer, path),
    ),
  ],
  ['authorizer_group', on([AuthorizerValue, 'string'], (authorizer, group) => new GroupCheck(authorizer, group))],
  ['authorizer_serviceaccount', on([AuthorizerValue, 'string', 'string'], asServiceAccount)],
  [
    'groupcheck_resource',
    on([GroupCheck, 'string'], ({ authorizer, group }, resource) =>
      isBlank(resource)
        ? new CelError('resource must not be empty')
        : new ResourceCheckValue(authorizer, { group, resource }),
    ),
  ],
  ['resourcecheck_subresource', setting('subresource')],
  ['resourcecheck_namespace', setting('namespace')],
  ['resourcecheck_name', setting('name')],
  ['authorizer_fieldselector', setting('fieldSelector')],
  ['authorizer_labelselector', setting('labelSelector')],
  [
    'pathcheck_check',
    on(
      [PathCheck, 'string'],
      ({ authorizer, path }, verb) => new Decision(authorizer.authorize({ subject: authorizer.subject, verb, path })),
    ),
  ],
  ['resourcecheck_check', on([ResourceCheckValue, 'string'], checkResource)],
  ['decision_allowed', about(({ allowed }) => allowed)],
  ['decision_reason', about(({ reason }) => reason)],
  ['decision_errored', about(({ error }) => error !== undefined)],
  ['decision_error', about(({ error }) => error ?? '')],
]
