import {
  cidrContains,
  type FieldError,
  FieldPath,
  forbidden,
  getWarningsForCIDR,
  invalid,
  isValidCIDRForLegacyField,
  isValidPortName,
  isValidPortNum,
  notSupported,
  parseCIDRSloppy,
  required,
} from '@kube-bonsai/apimachinery'
import { ifSetOneOf, invalidEach, named } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, listOf, numberOf, objectsOf, textOf } from '../meta/json.ts'
import { selectorErrors } from '../pod-template/validation/selectors.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'

const path = FieldPath.of('spec')
/** The lists of rules, and how each calls its peers. */
const directions = [
  ['ingress', 'from'],
  ['egress', 'to'],
] as const
const policyTypes = ['Ingress', 'Egress']

interface PolicyOptions {
  readonly anyLabelValue: boolean
  readonly strict: boolean
  /** Networks that were there before: they are not checked again. */
  readonly oldCIDRs: readonly string[]
}

const specOf = (policy: Fields): Fields => fieldsOf(policy['spec'])

function specErrors(policy: Fields, options: PolicyOptions): readonly FieldError[] {
  const spec = specOf(policy)
  const errors = [...selectorErrors(fieldsOf(spec['podSelector']), path.child('podSelector'), options.anyLabelValue)]
  for (const [direction, peers] of directions) {
    objectsOf(spec[direction]).forEach((rule, index) => {
      const at = path.child(direction).index(index)
      objectsOf(rule['ports']).forEach((port, i) => {
        errors.push(...portErrors(port, at.child('ports').index(i)))
      })
      objectsOf(rule[peers]).forEach((peer, i) => {
        errors.push(...peerErrors(peer, at.child(peers).index(i), options))
      })
    })
  }
  const types = listOf(spec['policyTypes'])
  const at = path.child('policyTypes')
  if (types.length > policyTypes.length) {
    return [...errors, invalid(at, types, 'may not specify more than two policyTypes')]
  }
  types.forEach((type, index) => {
    if (!policyTypes.includes(textOf(type))) errors.push(notSupported(at.index(index), named(type), policyTypes))
  })
  return errors
}

function portErrors({ protocol, port, endPort }: Fields, at: FieldPath): readonly FieldError[] {
  const errors = [...ifSetOneOf(protocol, at.child('protocol'), ['TCP', 'UDP', 'SCTP'])]
  const hasEnd = !isAbsent(endPort)
  const end = numberOf(endPort)
  const endPath = at.child('endPort')
  if (typeof port === 'number') {
    errors.push(...invalidEach(at.child('port'), port, isValidPortNum(port)))
    if (!hasEnd) return errors
    if (end < port) errors.push(invalid(endPath, port, 'must be greater than or equal to `port`'))
    return [...errors, ...invalidEach(endPath, end, isValidPortNum(end))]
  }
  if (isAbsent(port)) {
    return hasEnd ? [...errors, invalid(endPath, end, 'may not be specified when `port` is not specified')] : errors
  }
  if (hasEnd) errors.push(invalid(endPath, end, 'may not be specified when `port` is non-numeric'))
  return [...errors, ...invalidEach(at.child('port'), port, isValidPortName(textOf(port)))]
}

function peerErrors(peer: Fields, at: FieldPath, options: PolicyOptions): readonly FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer
  const count = [podSelector, namespaceSelector, ipBlock].filter(isFields).length
  const errors = [
    ...selectorErrors(podSelector, at.child('podSelector'), options.anyLabelValue),
    ...selectorErrors(namespaceSelector, at.child('namespaceSelector'), options.anyLabelValue),
    ...(isFields(ipBlock) ? blockErrors(ipBlock, at.child('ipBlock'), options) : []),
  ]
  if (count === 0) return [...errors, required(at, 'must specify a peer')]
  if (count === 1 || !isFields(ipBlock)) return errors
  return [...errors, forbidden(at, 'may not specify both ipBlock and another peer')]
}

function blockErrors(block: Fields, at: FieldPath, { strict, oldCIDRs }: PolicyOptions): readonly FieldError[] {
  const text = textOf(block['cidr'])
  if (text === '') return [required(at.child('cidr'))]
  const options = { strict, oldValues: oldCIDRs }
  const errors = [...isValidCIDRForLegacyField(at.child('cidr'), text, options)]
  const network = parseCIDRSloppy(text)
  if (network === undefined) return errors
  listOf(block['except']).forEach((value, index) => {
    const exceptPath = at.child('except').index(index)
    const except = textOf(value)
    errors.push(...isValidCIDRForLegacyField(exceptPath, except, options))
    const part = parseCIDRSloppy(except)
    if (part === undefined) return
    if (cidrContains(network, part.network) && network.prefix < part.prefix) return
    errors.push(invalid(exceptPath, except, 'must be a strict subset of `cidr`'))
  })
  return errors
}

/** Every address block of a policy, with the path of it. */
function blocksOf(policy: Fields): readonly (readonly [Fields, FieldPath])[] {
  const spec = specOf(policy)
  return directions.flatMap(([direction, peers]) =>
    objectsOf(spec[direction]).flatMap((rule, index) =>
      objectsOf(rule[peers]).flatMap(({ ipBlock }, i) =>
        isFields(ipBlock)
          ? [[ipBlock, path.child(direction).index(index).child(peers).index(i).child('ipBlock')] as const]
          : [],
      ),
    ),
  )
}

function warnings(policy: Fields): readonly string[] {
  return blocksOf(policy).flatMap(([block, at]) => [
    ...getWarningsForCIDR(at.child('cidr'), textOf(block['cidr'])),
    ...listOf(block['except']).flatMap((except, index) =>
      getWarningsForCIDR(at.child('except').index(index), textOf(except)),
    ),
  ])
}

const createOptions = ({ gates }: StrategyContext): PolicyOptions => ({
  anyLabelValue: false,
  strict: gates.enabled('StrictIPCIDRValidation'),
  oldCIDRs: [],
})

/** @see pkg/registry/networking/networkpolicy/strategy.go */
export const networkPolicyRoom: Room = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  validate: (policy, context) => specErrors(policy, createOptions(context)),
  warningsOnCreate: warnings,
  update: {
    /** Upstream checks an update twice, once as if its networks were new. */
    validate(policy, old, context) {
      const anyLabelValue = selectorErrors(fieldsOf(specOf(old)['podSelector']), path).length > 0
      const options = { ...createOptions(context), anyLabelValue }
      const oldCIDRs = blocksOf(old).flatMap(([{ cidr, except }]) => [textOf(cidr), ...listOf(except).map(textOf)])
      return [...specErrors(policy, options), ...specErrors(policy, { ...options, oldCIDRs })]
    },
    warnings,
  },
}
