import type { FieldError } from '@kube-bonsai/apimachinery'
import * as machinery from '@kube-bonsai/apimachinery'
import type { OracleFunction } from '../protocol/answer.ts'
import { define } from './define.ts'
import { fieldErrors } from './field-errors.ts'

const path = machinery.FieldPath.of('spec', 'x')

const texts: Readonly<Record<string, (value: string) => readonly string[]>> = {
  IsCIdentifier: machinery.isCIdentifier,
  IsConfigMapKey: machinery.isConfigMapKey,
  IsDNS1035Label: machinery.isDNS1035Label,
  IsDNS1123Label: machinery.isDNS1123Label,
  IsDNS1123Subdomain: machinery.isDNS1123Subdomain,
  IsDNS1123SubdomainWithUnderscore: machinery.isDNS1123SubdomainWithUnderscore,
  IsEnvVarName: machinery.isEnvVarName,
  IsHTTPHeaderName: machinery.isHTTPHeaderName,
  IsQualifiedName: machinery.isQualifiedName,
  IsRelaxedEnvVarName: machinery.isRelaxedEnvVarName,
  IsValidLabelValue: machinery.isValidLabelValue,
  IsValidPathSegmentName: machinery.isValidPathSegmentName,
  IsValidPathSegmentPrefix: machinery.isValidPathSegmentPrefix,
  IsValidPercent: machinery.isValidPercent,
  IsValidPortName: machinery.isValidPortName,
  IsWildcardDNS1123Subdomain: machinery.isWildcardDNS1123Subdomain,
  NameIsDNS1035Label: (value) => machinery.nameIsDNS1035Label(value, false),
  'NameIsDNS1035Label/prefix': (value) => machinery.nameIsDNS1035Label(value, true),
  NameIsDNSLabel: (value) => machinery.nameIsDNSLabel(value, false),
  'NameIsDNSLabel/prefix': (value) => machinery.nameIsDNSLabel(value, true),
  NameIsDNSSubdomain: (value) => machinery.nameIsDNSSubdomain(value, false),
  'NameIsDNSSubdomain/prefix': (value) => machinery.nameIsDNSSubdomain(value, true),
}

const numbers: Readonly<Record<string, (value: bigint) => readonly string[]>> = {
  'IsInRange/1/10': (value) => machinery.isInRange(value, 1, 10),
  IsValidGroupID: machinery.isValidGroupID,
  IsValidPortNum: machinery.isValidPortNum,
  IsValidUserID: machinery.isValidUserID,
}

const strict = { strict: true }
const lax = { strict: false }
const fields: Readonly<Record<string, (value: string) => readonly FieldError[]>> = {
  IsDomainPrefixedKey: (value) => machinery.isDomainPrefixedKey(path, value),
  IsDomainPrefixedPath: (value) => machinery.isDomainPrefixedPath(path, value),
  IsFullyQualifiedDomainName: (value) => machinery.isFullyQualifiedDomainName(path, value),
  IsFullyQualifiedName: (value) => machinery.isFullyQualifiedName(path, value),
  IsValidCIDR: (value) => machinery.isValidCIDR(path, value),
  IsValidCIDRForLegacyField: (value) => machinery.isValidCIDRForLegacyField(path, value, lax),
  'IsValidCIDRForLegacyField/strict': (value) => machinery.isValidCIDRForLegacyField(path, value, strict),
  IsValidIP: (value) => machinery.isValidIP(path, value),
  IsValidIPForLegacyField: (value) => machinery.isValidIPForLegacyField(path, value, lax),
  'IsValidIPForLegacyField/strict': (value) => machinery.isValidIPForLegacyField(path, value, strict),
  IsValidInterfaceAddress: (value) => machinery.isValidInterfaceAddress(path, value),
  'ValidateAnnotations/key': (value) => machinery.validateAnnotations(Object.fromEntries([[value, '']]), path),
  ValidateFieldManager: (value) => machinery.validateFieldManager(value, path),
  ValidateFinalizerName: (value) => machinery.validateFinalizerName(value, path),
  ValidateLabelName: (value) => machinery.validateLabelName(value, path),
  'ValidateLabels/value': (value) => machinery.validateLabels({ k: value }, path),
}

const warnings: Readonly<Record<string, (value: string) => readonly string[]>> = {
  IsValidIP: (value) => machinery.getWarningsForIP(path, value),
  IsValidCIDR: (value) => machinery.getWarningsForCIDR(path, value),
}

const of = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** Go writes a list without items as null where it was never made. */
const orNull = (list: readonly string[]): readonly string[] | null => (list.length === 0 ? null : list)

function check(name: string, value: string): unknown {
  const numeric = of(numbers, name)
  if (numeric !== undefined) {
    const parsed = machinery.parseInt64(value)
    return { errors: parsed === undefined ? ['oracle: not a number'] : numeric(parsed) }
  }
  const textual = of(texts, name)
  if (textual !== undefined) return { errors: textual(value) }
  const fielded = of(fields, name)
  if (fielded === undefined) throw new Error(`oracle: unknown check ${name}`)
  const warn = of(warnings, name)
  const warned = warn === undefined ? {} : { warnings: orNull(warn(value)) }
  return { fieldErrors: fieldErrors(fielded(value)), ...warned }
}

/** Checks of names, addresses and formats. */
export const nameFunctions: Readonly<Record<string, OracleFunction>> = {
  'validate.string': define<{ readonly check: string; readonly value: string }>(({ check: name, value }) =>
    check(name, value),
  ),
}
