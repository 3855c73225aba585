import {
  duplicate,
  type FieldError,
  FieldPath,
  invalid,
  isDNS1035Label,
  isDNS1123Subdomain,
  nameIsDNSSubdomain,
} from '@kube-bonsai/apimachinery'
import { invalidEach, missingErrors, qualifiedNameErrors } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, listGiven, listOf, objectsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import { apiVersionProblems } from './api-version.ts'

const statusPath = FieldPath.of('status')

/** Names are those of resources: `group.resource`. */
export function storageVersionNameProblems(name: string): readonly string[] {
  const dot = name.lastIndexOf('.')
  if (dot < 0) return ['name must be in the form of <group>.<resource>']
  return [
    ...isDNS1123Subdomain(name.slice(0, dot)).map((problem) => `the group segment ${problem}`),
    ...isDNS1035Label(name.slice(dot + 1)).map((problem) => `the resource segment ${problem}`),
  ]
}

function versionErrors(version: unknown, path: FieldPath): readonly FieldError[] {
  const problems = apiVersionProblems(textOf(version))
  return problems.length === 0 ? [] : [invalid(path, textOf(version), problems.join(','))]
}

function statusErrors(object: Fields): readonly FieldError[] {
  const status = fieldsOf(object['status'])
  const path = statusPath.child('storageVersions')
  const servers = objectsOf(status['storageVersions'])
  const seen = new Set<string>()
  return [
    ...servers.flatMap((server, index) => {
      const at = path.index(index)
      const id = textOf(server['apiServerID'])
      const repeated = seen.has(id) ? [duplicate(at.child('apiServerID'), id)] : []
      seen.add(id)
      return [...repeated, ...serverErrors(server, at)]
    }),
    ...commonErrors(servers, status['commonEncodingVersion']),
    ...conditionErrors(status['conditions']),
  ]
}

function serverErrors(server: Fields, path: FieldPath): readonly FieldError[] {
  const id = textOf(server['apiServerID'])
  const encoding = textOf(server['encodingVersion'])
  const decodable = listOf(server['decodableVersions']).map(textOf)
  const at = path.child('decodableVersions')
  return [
    ...invalidEach(path.child('apiServerID'), id, nameIsDNSSubdomain(id, false)),
    ...versionErrors(encoding, path.child('encodingVersion')),
    ...decodable.flatMap((version, index) => versionErrors(version, at.index(index))),
    ...(decodable.includes(encoding)
      ? []
      : [
          invalid(
            at,
            listGiven(server, 'decodableVersions'),
            `decodableVersions must include encodingVersion ${encoding}`,
          ),
        ]),
    ...listOf(server['servedVersions']).flatMap((item, index) => {
      const version = textOf(item)
      const below = path.child('servedVersions').index(index)
      const why = `must be included in decodableVersions : [${decodable.join(' ')}]`
      const errors = versionErrors(version, below)
      if (decodable.includes(version)) return errors
      return [...errors, invalid(below, version, `individual served version : ${version} ${why}`)]
    }),
  ]
}

const noCommon =
  'should be nil if servers do not agree on the same encoding version, or if there is no server reporting the supported versions yet'

function commonErrors(servers: readonly Fields[], given: unknown): readonly FieldError[] {
  const path = statusPath.child('commonEncodingVersion')
  const versions = new Set(servers.map(({ encodingVersion }) => textOf(encodingVersion)))
  const [common] = versions.size === 1 ? versions : []
  if (common === undefined) return isAbsent(given) ? [] : [invalid(path, given, noCommon)]
  if (isAbsent(given)) return [invalid(path, null, `the common encoding version is ${common}`)]
  return given === common ? [] : [invalid(path, given, `the actual common encoding version is ${common}`)]
}

/** Upstream names the status itself where it means its conditions. */
function conditionErrors(conditions: unknown): readonly FieldError[] {
  const seen = new Map<string, number>()
  return objectsOf(conditions).flatMap((condition, index) => {
    const path = statusPath.index(index)
    const type = textOf(condition['type'])
    const first = seen.get(type)
    seen.set(type, index)
    const why = `the type of the condition is not unique, it also appears in conditions[${first}]`
    return [
      ...(first === undefined ? [] : [invalid(path.child('type'), type, why)]),
      ...qualifiedNameErrors(type, path.child('type')),
      ...qualifiedNameErrors(condition['status'], path.child('status')),
      ...missingErrors(condition, path, ['reason', 'message']),
    ]
  })
}

/** @see pkg/registry/apiserverinternal/storageversion/strategy.go */
export const storageVersionRoom: Room = {
  group: 'internal.apiserver.k8s.io',
  kind: 'StorageVersion',
  validate: statusErrors,
  status: { validate: statusErrors },
}
