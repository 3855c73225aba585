import type { Strategy, UpdateStrategy } from '@kube-bonsai/api-strategies'
import type { ResourceInfo } from '@kube-bonsai/api-types'
import { deepEqual, type KubeObject, nameIsDNSSubdomain, type Unstructured } from '@kube-bonsai/apimachinery'

const createOnUpdate = new Set([
  'leases',
  'leasecandidates',
  'endpoints',
  'events',
  'limitranges',
  'services',
  'runtimeclasses',
  'roles',
  'rolebindings',
  'clusterroles',
  'clusterrolebindings',
])
const needsVersion = new Set([
  'storageversions',
  'clustertrustbundles',
  'podcertificaterequests',
  'leases',
  'leasecandidates',
  'runtimeclasses',
  'poddisruptionbudgets',
  'csidrivers',
  'csinodes',
  'csistoragecapacities',
  'volumeattachments',
  'storageversionmigrations',
  'customresourcedefinitions',
])
/** Kinds whose generation counts changes of their spec. @see pkg/registry strategy.go of each */
const countsSpec = new Set([
  'daemonsets',
  'replicasets',
  'statefulsets',
  'deployments',
  'jobs',
  'cronjobs',
  'replicationcontrollers',
  'pods',
  'ingresses',
  'ingressclasses',
  'networkpolicies',
  'poddisruptionbudgets',
  'flowschemas',
  'prioritylevelconfigurations',
  'deviceclasses',
  'devicetaintrules',
  'resourceslices',
  'csidrivers',
  'customresourcedefinitions',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
])
/** Kinds whose generation counts changes of these fields instead. */
const countsOther: Readonly<Record<string, readonly string[]>> = {
  podtemplates: ['template'],
  validatingwebhookconfigurations: ['webhooks'],
  mutatingwebhookconfigurations: ['webhooks'],
  endpointslices: ['addressType', 'endpoints', 'ports', 'metadata.labels'],
}

/** The rules that hold for every kind, for kinds without a room of their own: status and spec kept apart, generations counted, metadata checked. */
export function genericStrategy(info: ResourceInfo, version: string): Strategy {
  const { group, kind, resource, namespaced } = info
  const hasStatus = info.subresources.some((subresource) => subresource.name === 'status')
  const counted = countsSpec.has(resource) ? ['spec'] : (countsOther[resource] ?? [])
  const status: UpdateStrategy = {
    prepareForUpdate(object, old) {
      const { status: fresh } = fields(object)
      const kept: Unstructured = { ...fields(old), metadata: object.metadata }
      return fresh === undefined ? without(kept, 'status') : { ...kept, status: fresh }
    },
    validateUpdate: () => [],
  }
  return {
    group,
    kind,
    version,
    namespaced,
    allowCreateOnUpdate: createOnUpdate.has(resource),
    allowUnconditionalUpdate: !needsVersion.has(resource) && group !== 'admissionregistration.k8s.io',
    defaultGarbageCollection: resource === 'events' ? 'unsupported' : 'background',
    default: (object) => object,
    prepareForCreate(object) {
      const base = hasStatus ? without(fields(object), 'status') : object
      return counted.length > 0 ? withGeneration(base, 1) : base
    },
    validate: () => [],
    validateName: nameIsDNSSubdomain,
    prepareForUpdate(object, old) {
      const { status: known } = fields(old)
      const own: KubeObject = !hasStatus
        ? object
        : known === undefined
          ? without(fields(object), 'status')
          : { ...fields(object), status: known }
      const generation = old.metadata.generation
      const changed = counted.some((path) => !deepEqual(at(own, path), at(old, path)))
      return generation === undefined ? own : withGeneration(own, generation + (changed ? 1 : 0))
    },
    validateUpdate: () => [],
    subresources: hasStatus ? { status } : {},
    selectableFields: () => ({}),
  }
}

function fields(object: KubeObject): Unstructured {
  return object as Unstructured
}

function without(object: Unstructured, field: string): Unstructured {
  if (!Object.hasOwn(object, field)) return object
  const { [field]: _, ...rest } = object
  return rest as Unstructured
}

function withGeneration<T extends KubeObject>(object: T, generation: number): T {
  return object.metadata.generation === generation
    ? object
    : { ...object, metadata: { ...object.metadata, generation } }
}

function at(object: KubeObject, path: string): unknown {
  return path === 'metadata.labels' ? object.metadata.labels : fields(object)[path]
}
