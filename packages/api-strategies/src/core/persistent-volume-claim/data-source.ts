import type { FeatureGates } from '@kube-bonsai/feature-gates'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, withField } from '../../meta/json.ts'

/**
 * The spec of a claim with its data source under both names, and without what a gate that is off does not allow.
 *
 * @param old the stored spec, for an update
 * @see pkg/api/persistentvolumeclaim/util.go
 */
export function withDataSources(spec: Fields, old: Fields | undefined, gates: FeatureGates): Fields {
  const inUse = (name: string): boolean => !isAbsent(old?.[name])
  let result = spec
  if (!gates.enabled('VolumeAttributesClass') && !inUse('volumeAttributesClassName')) {
    result = withField(result, 'volumeAttributesClassName', undefined)
  }
  if (!gates.enabled('AnyVolumeDataSource') && !inUse('dataSourceRef')) {
    result = withField(result, 'dataSourceRef', undefined)
  }
  const foreign = !isEmpty(fieldsOf(result['dataSourceRef'])['namespace'])
  if (!gates.enabled('CrossNamespaceVolumeDataSource') && foreign && !inUse('dataSourceRef')) {
    result = withField(result, 'dataSourceRef', undefined)
  }
  if (!inUse('dataSource') && !inUse('dataSourceRef') && isAbsent(result['dataSourceRef'])) {
    if (!isClaimOrSnapshot(result['dataSource'])) result = withField(result, 'dataSource', undefined)
  }
  return normalizedDataSources(result, gates)
}

/** The old field may name nothing but claims and snapshots; anything else is dropped without a word. */
function isClaimOrSnapshot(source: unknown): boolean {
  const { kind, apiGroup } = fieldsOf(source)
  if (kind === 'PersistentVolumeClaim') return isEmpty(apiGroup)
  return kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io'
}

/** The spec with each of the two fields filled from the other. */
export function normalizedDataSources(spec: Fields, gates: FeatureGates): Fields {
  const { dataSource, dataSourceRef } = spec
  if (!gates.enabled('AnyVolumeDataSource')) return spec
  if (isFields(dataSource) && isAbsent(dataSourceRef)) return { ...spec, dataSourceRef: reference(dataSource) }
  if (!isFields(dataSourceRef) || !isAbsent(dataSource) || !isEmpty(dataSourceRef['namespace'])) return spec
  return { ...spec, dataSource: reference(dataSourceRef) }
}

function reference({ apiGroup, kind, name }: Fields): Fields {
  return { apiGroup: apiGroup ?? null, kind: kind ?? '', name: name ?? '' }
}
