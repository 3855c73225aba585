import {
  deepEqual,
  duplicate,
  type FieldError,
  FieldPath,
  invalid,
  isDNS1035Label,
  isFullyQualifiedName,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, listOf, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { webhookClientErrors } from '../meta/webhook-client.ts'
import { selectorErrors } from '../pod-template/validation/selectors.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'
import { expressionsIn, matchConditionErrors } from './match-conditions.ts'
import { ruleErrors } from './rules.ts'

const path = FieldPath.of('webhooks')
const reviewVersions = ['v1', 'v1beta1']
const knownReviews = reviewVersions.join(', ')
const harmless = ['None', 'NoneOnDryRun']
const sideEffectClasses = [...harmless, 'Some', 'Unknown']
const selectors = ['namespaceSelector', 'objectSelector']
const maxTimeoutSeconds = 30

/** What webhooks that were there before may be. */
interface WebhookOptions {
  readonly checkConditions: boolean
  readonly sideEffects: readonly string[]
  readonly needsKnownReview: boolean
  readonly uniqueNames: boolean
  readonly anyLabelValue: boolean
  readonly stored: ReadonlySet<string>
}

const webhooksOf = (configuration: Fields): readonly Fields[] => objectsOf(configuration['webhooks'])
const createOptions: WebhookOptions = {
  checkConditions: true,
  sideEffects: harmless,
  needsKnownReview: true,
  uniqueNames: true,
  anyLabelValue: false,
  stored: new Set(),
}

function updateOptions(hooks: readonly Fields[], old: readonly Fields[]): WebhookOptions {
  const names = new Set(old.map(({ name }) => textOf(name)))
  const knowsReview = ({ admissionReviewVersions }: Fields): boolean => {
    const versions = listOf(admissionReviewVersions)
    return versions.length === 0 || versions.some((version) => reviewVersions.includes(textOf(version)))
  }
  return {
    checkConditions:
      hooks.length !== old.length ||
      hooks.some(({ matchConditions }, index) => !deepEqual(matchConditions, old[index]?.['matchConditions'])),
    sideEffects: old.every(({ sideEffects }) => harmless.includes(textOf(sideEffects))) ? harmless : sideEffectClasses,
    needsKnownReview: old.every(knowsReview),
    uniqueNames: names.size === old.length,
    anyLabelValue: old.some((hook) => selectors.some((name) => selectorErrors(hook[name], path).length > 0)),
    stored: new Set(old.flatMap(({ matchConditions }) => expressionsIn(matchConditions))),
  }
}

function configurationErrors(
  hooks: readonly Fields[],
  options: WebhookOptions,
  context: StrategyContext,
): readonly FieldError[] {
  const seen = new Set<string>()
  return hooks.flatMap((hook, index) => {
    const at = path.index(index)
    const name = textOf(hook['name'])
    const repeated = options.uniqueNames && name !== '' && seen.has(name) ? [duplicate(at.child('name'), name)] : []
    seen.add(name)
    return [...webhookErrors(hook, at, options, context), ...reviewErrors(hook, at, options), ...repeated]
  })
}

function webhookErrors(
  hook: Fields,
  at: FieldPath,
  options: WebhookOptions,
  context: StrategyContext,
): readonly FieldError[] {
  const { sideEffects, timeoutSeconds } = hook
  const errors: FieldError[] = [
    ...isFullyQualifiedName(at.child('name'), textOf(hook['name'])),
    ...objectsOf(hook['rules']).flatMap((rule, index) => ruleErrors(rule, at.child('rules').index(index))),
    ...ifSetOneOf(hook['failurePolicy'], at.child('failurePolicy'), ['Fail', 'Ignore']),
    ...ifSetOneOf(hook['matchPolicy'], at.child('matchPolicy'), ['Equivalent', 'Exact']),
  ]
  if (isAbsent(sideEffects)) {
    errors.push(required(at.child('sideEffects'), `must specify one of ${options.sideEffects.join(', ')}`))
  }
  errors.push(...ifSetOneOf(sideEffects, at.child('sideEffects'), options.sideEffects))
  const timeout = numberOf(timeoutSeconds)
  if (!isAbsent(timeoutSeconds) && (timeout > maxTimeoutSeconds || timeout < 1)) {
    errors.push(invalid(at.child('timeoutSeconds'), timeout, 'the timeout value must be between 1 and 30 seconds'))
  }
  for (const name of selectors) errors.push(...selectorErrors(hook[name], at.child(name), options.anyLabelValue))
  errors.push(
    ...ifSetOneOf(hook['reinvocationPolicy'], at.child('reinvocationPolicy'), ['IfNeeded', 'Never']),
    ...webhookClientErrors(fieldsOf(hook['clientConfig']), at.child('clientConfig')),
  )
  if (!options.checkConditions) return errors
  const conditionOptions = { hasParams: false, stored: options.stored }
  const conditions = matchConditionErrors(
    hook['matchConditions'],
    at.child('matchConditions'),
    conditionOptions,
    context,
  )
  return [...errors, ...conditions]
}

function reviewErrors(hook: Fields, at: FieldPath, options: WebhookOptions): readonly FieldError[] {
  const versions = listOf(hook['admissionReviewVersions']).map(textOf)
  const list = at.child('admissionReviewVersions')
  if (versions.length === 0) return [required(list, `must specify one of ${knownReviews}`)]
  const seen = new Set<string>()
  const errors = versions.flatMap((version, index) => {
    if (seen.has(version)) return [invalid(list.index(index), version, 'duplicate version')]
    seen.add(version)
    return invalidEach(list.index(index), version, isDNS1035Label(version))
  })
  if (!options.needsKnownReview || reviewVersions.some((version) => seen.has(version))) return errors
  return [...errors, invalid(list, versions, `must include at least one of ${knownReviews}`)]
}

function webhookRoom(kind: string): Room {
  return {
    group: 'admissionregistration.k8s.io',
    kind,
    validate: (configuration, context) => configurationErrors(webhooksOf(configuration), createOptions, context),
    update: {
      validate: (configuration, old, context) => {
        const hooks = webhooksOf(configuration)
        return configurationErrors(hooks, updateOptions(hooks, webhooksOf(old)), context)
      },
    },
  }
}

/** @see pkg/registry/admissionregistration/validatingwebhookconfiguration/strategy.go */
export const validatingWebhookRoom: Room = webhookRoom('ValidatingWebhookConfiguration')
/** @see pkg/registry/admissionregistration/mutatingwebhookconfiguration/strategy.go */
export const mutatingWebhookRoom: Room = webhookRoom('MutatingWebhookConfiguration')
