import type { FieldError } from '@kube-bonsai/apimachinery'
import * as api from '@kube-bonsai/apimachinery'
import { expect, test } from 'vitest'
import { answer, isLoose, recorded } from './recorded.ts'

const path = api.FieldPath.of('spec', 'x')
const legacy = (strict: boolean): api.LegacyFieldOptions => ({ strict })
const named = (check: api.ValidateName, prefix: boolean) => (value: string) => check(value, prefix)

const numbered = (check: (value: bigint) => readonly string[]) => (value: string) => {
  const number = api.parseInt64(value)
  return number === undefined ? ['oracle: not a number'] : check(number)
}

const textChecks: Readonly<Record<string, (value: string) => readonly string[]>> = {
  IsQualifiedName: api.isQualifiedName,
  IsValidLabelValue: api.isValidLabelValue,
  IsDNS1123Label: api.isDNS1123Label,
  IsDNS1123Subdomain: api.isDNS1123Subdomain,
  IsDNS1123SubdomainWithUnderscore: api.isDNS1123SubdomainWithUnderscore,
  IsDNS1035Label: api.isDNS1035Label,
  IsWildcardDNS1123Subdomain: api.isWildcardDNS1123Subdomain,
  IsCIdentifier: api.isCIdentifier,
  IsValidPortName: api.isValidPortName,
  IsValidPercent: api.isValidPercent,
  IsHTTPHeaderName: api.isHTTPHeaderName,
  IsEnvVarName: api.isEnvVarName,
  IsRelaxedEnvVarName: api.isRelaxedEnvVarName,
  IsConfigMapKey: api.isConfigMapKey,
  IsValidPathSegmentName: api.isValidPathSegmentName,
  IsValidPathSegmentPrefix: api.isValidPathSegmentPrefix,
  NameIsDNSSubdomain: named(api.nameIsDNSSubdomain, false),
  'NameIsDNSSubdomain/prefix': named(api.nameIsDNSSubdomain, true),
  NameIsDNSLabel: named(api.nameIsDNSLabel, false),
  'NameIsDNSLabel/prefix': named(api.nameIsDNSLabel, true),
  NameIsDNS1035Label: named(api.nameIsDNS1035Label, false),
  'NameIsDNS1035Label/prefix': named(api.nameIsDNS1035Label, true),
  IsValidPortNum: numbered(api.isValidPortNum),
  IsValidGroupID: numbered(api.isValidGroupID),
  IsValidUserID: numbered(api.isValidUserID),
  'IsInRange/1/10': numbered((value) => api.isInRange(value, 1, 10)),
}

const fieldChecks: Readonly<Record<string, (value: string) => readonly FieldError[]>> = {
  IsFullyQualifiedName: (value) => api.isFullyQualifiedName(path, value),
  IsFullyQualifiedDomainName: (value) => api.isFullyQualifiedDomainName(path, value),
  IsDomainPrefixedPath: (value) => api.isDomainPrefixedPath(path, value),
  IsDomainPrefixedKey: (value) => api.isDomainPrefixedKey(path, value),
  IsValidIP: (value) => api.isValidIP(path, value),
  IsValidCIDR: (value) => api.isValidCIDR(path, value),
  IsValidInterfaceAddress: (value) => api.isValidInterfaceAddress(path, value),
  IsValidIPForLegacyField: (value) => api.isValidIPForLegacyField(path, value, legacy(false)),
  'IsValidIPForLegacyField/strict': (value) => api.isValidIPForLegacyField(path, value, legacy(true)),
  IsValidCIDRForLegacyField: (value) => api.isValidCIDRForLegacyField(path, value, legacy(false)),
  'IsValidCIDRForLegacyField/strict': (value) => api.isValidCIDRForLegacyField(path, value, legacy(true)),
  ValidateLabelName: (value) => api.validateLabelName(value, path),
  'ValidateLabels/value': (value) => api.validateLabels({ k: value }, path),
  'ValidateAnnotations/key': (value) => api.validateAnnotations({ [value]: '' }, path),
  ValidateFinalizerName: (value) => api.validateFinalizerName(value, path),
  ValidateFieldManager: (value) => api.validateFieldManager(value, path),
}

const warnings: Readonly<Record<string, (value: string) => readonly string[]>> = {
  IsValidIP: (value) => api.getWarningsForIP(path, value),
  IsValidCIDR: (value) => api.getWarningsForCIDR(path, value),
}

function check(given: { readonly check: string; readonly value: string }): unknown {
  const errors = textChecks[given.check]?.(given.value)
  if (errors !== undefined) return { errors }
  const fieldErrors = fieldChecks[given.check]?.(given.value).map((error) => ({
    ...error,
    message: api.formatFieldError(error),
  }))
  const warned = warnings[given.check]?.(given.value)
  return warned === undefined ? { fieldErrors } : { fieldErrors, warnings: warned.length === 0 ? null : warned }
}

function scale(given: { readonly value: unknown; readonly total: number; readonly roundUp?: boolean }): unknown {
  const value = api.decodeIntOrString(given.value)
  const { total, roundUp = false } = given
  const scaled = answer(() => api.scaledValue(value, total, roundUp))
  const old = answer(() => api.legacyScaledValue(value, total, roundUp))
  return {
    type: typeof value === 'number' ? 'int' : 'string',
    string: String(value),
    intValue: api.intValue(value),
    json: value,
    ...(typeof value === 'string' ? { parsed: api.parseIntOrString(value) } : {}),
    ...(scaled.error === undefined ? { scaled: scaled.out } : { scaledError: scaled.error }),
    ...(old.error === undefined ? { legacy: old.out } : { legacyError: old.error }),
  }
}

function time({ kind, json }: { readonly kind: string; readonly json: unknown }): unknown {
  if (kind === 'human') {
    const duration = BigInt(String(json))
    const human = api.humanDuration(duration)
    return { human, short: api.shortHumanDuration(duration), go: api.formatDuration(duration) }
  }
  if (json !== null && typeof json !== 'string') throw new Error('json: cannot unmarshal')
  if (kind === 'duration') {
    const duration = api.parseDuration(json ?? '')
    return { json: api.formatDuration(duration), nanoseconds: String(duration) }
  }
  const parse = kind === 'time' ? api.parseTime : api.parseMicroTime
  const instant = json === null ? api.zeroTime : parse(json)
  if (api.isZeroTime(instant)) return { json: null, isZero: true }
  if (kind === 'time') {
    const utc = api.formatTimeNano(instant)
    return { json: api.formatTime(instant), isZero: false, unix: String(instant.seconds), utc }
  }
  const micros = BigInt(instant.seconds) * 1_000_000n + BigInt(Math.floor(instant.nanoseconds / 1000))
  return { json: api.formatMicroTime(instant), isZero: false, unixMicro: String(micros) }
}

const functions: Readonly<Record<string, (given: never) => unknown>> = {
  'validate.string': check,
  'intstr.scaled': scale,
  'time.format': time,
}

test.each(Object.keys(functions))('%s answers as upstream', (name) => {
  for (const { in: given, out, error } of recorded(name)) {
    const got = answer(() => functions[name]?.(given as never))
    if (error === undefined) expect({ given, ...got }).toEqual({ given, out })
    else if (isLoose(error)) expect({ given, failed: got.error !== undefined }).toEqual({ given, failed: true })
    else expect({ given, ...got }).toEqual({ given, error })
  }
})
