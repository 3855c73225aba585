import { deepEqual, type KubeObject } from '@kube-bonsai/apimachinery'
import { annotationNames as autoscalerAnnotations } from './autoscaling/conversion.ts'
import { encodeText } from './core/base64.ts'
import { withGrace } from './core/pod/prepare.ts'
import {
  type Fields,
  fieldsOf,
  isEmpty,
  isFields,
  listOf,
  mapItems,
  textOf,
  withAbsent,
  withField,
} from './meta/json.ts'

type Effect = (object: Fields) => Fields

const templateGeneration = 'deprecated.daemonset.template.generation'

/** Applies an effect to a part of an object, where that part is there. */
function at(path: readonly string[], effect: Effect): Effect {
  const [name, ...rest] = path
  if (name === undefined) return effect
  const below = at(rest, effect)
  return (object) => (isFields(object[name]) ? withField(object, name, below(object[name])) : object)
}

/** The service account stands under both of its names. */
const podSpec: Effect = (spec) => {
  const account = isEmpty(spec['serviceAccountName']) ? spec['serviceAccount'] : spec['serviceAccountName']
  if (isEmpty(account)) return spec
  return withField(withField(spec, 'serviceAccountName', account), 'serviceAccount', account)
}

/** The first of the addresses stands also by itself; one that stands by itself wins over a list that begins otherwise. */
const podStatus: Effect = (status) => {
  const own = textOf(status['podIP'])
  const first = textOf(fieldsOf(listOf(status['podIPs'])[0])['ip'])
  if (own === first) return status
  return own === '' ? withField(status, 'podIP', first) : withField(status, 'podIPs', [{ ip: own }])
}

const nodeSpec: Effect = (spec) => {
  const own = textOf(spec['podCIDR'])
  const first = textOf(listOf(spec['podCIDRs'])[0])
  if (own === first) return spec
  return own === '' ? withField(spec, 'podCIDR', first) : withField(spec, 'podCIDRs', [own])
}

const secret: Effect = ({ stringData, ...rest }) => {
  if (!isFields(stringData)) return stringData === undefined ? rest : { ...rest, stringData }
  const encoded = Object.entries(stringData).map(([key, value]) => [key, encodeText(textOf(value))])
  if (encoded.length === 0) return rest
  return { ...rest, data: { ...fieldsOf(rest['data']), ...Object.fromEntries(encoded) } }
}

/** Numbers of a rolling update that the internal form holds by value are written even where nothing defaults them. */
const rollingUpdate = (zeroes: Fields): Effect =>
  at(['updateStrategy', 'rollingUpdate'], (it) => withAbsent(it, zeroes))

const statefulSetSpec: Effect = (given) => {
  const spec = rollingUpdate({ partition: 0 })(given)
  const claims = listOf(spec['volumeClaimTemplates'])
  const kind = 'PersistentVolumeClaim'
  const typed = (claim: unknown) => withField(withField(fieldsOf(claim), 'apiVersion', 'v1'), 'kind', kind)
  return claims.length === 0 ? spec : withField(spec, 'volumeClaimTemplates', mapItems(claims, typed))
}

const daemonSet: Effect = (object) => {
  const annotations = fieldsOf(fieldsOf(object['metadata'])['annotations'])
  return isEmpty(annotations[templateGeneration]) ? withGeneration(object, '0') : object
}

function withGeneration(object: Fields, value: string): Fields {
  const metadata = fieldsOf(object['metadata'])
  const annotations = fieldsOf(metadata['annotations'])
  if (annotations[templateGeneration] === value) return object
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [templateGeneration]: value } } }
}

const template = at(['spec', 'template', 'spec'], podSpec)
const pod: Effect = (object) => at(['status'], podStatus)(at(['spec'], (spec) => withGrace(podSpec(spec)))(object))

const effects: Readonly<Record<string, Effect>> = {
  'v1/Node': at(['spec'], nodeSpec),
  'v1/Pod': pod,
  'v1/PodTemplate': at(['template', 'spec'], podSpec),
  'v1/ReplicationController': template,
  'v1/Secret': secret,
  'apps/v1/DaemonSet': (object) =>
    daemonSet(at(['spec'], rollingUpdate({ maxUnavailable: 0, maxSurge: 0 }))(template(object))),
  'apps/v1/Deployment': template,
  'apps/v1/ReplicaSet': template,
  'apps/v1/StatefulSet': (object) => at(['spec'], statefulSetSpec)(template(object)),
  'batch/v1/CronJob': at(['spec', 'jobTemplate', 'spec', 'template', 'spec'], podSpec),
  'batch/v1/Job': template,
}

/**
 * What becomes of a decoded object when upstream turns it into its internal form, which has one place for what the API
 * says twice, and back: data given as text joins the data of a secret, the first of several addresses stands also alone.
 *
 * @see pkg/apis/core/v1/conversion.go and those of other groups
 */
export function asConverted(object: KubeObject): KubeObject {
  const key = `${object.apiVersion}/${object.kind}`
  const effect = Object.hasOwn(effects, key) ? effects[key] : undefined
  if (effect === undefined) return object
  const fields: Fields = { ...object }
  const converted = effect(fields)
  return converted === fields ? object : asObject(converted, object)
}

/**
 * A daemon set with the generation of its template, which only conversion writes: the internal form counts it.
 *
 * @param old the object before, absent for a create
 */
export function withTemplateGeneration(object: KubeObject, old: KubeObject | undefined): KubeObject {
  if (object.kind !== 'DaemonSet') return object
  const before = Number(old?.metadata.annotations?.[templateGeneration] ?? 0)
  const changed = old === undefined || !deepEqual(templateOf(object), templateOf(old))
  return asObject(withGeneration({ ...object }, String(before + (changed ? 1 : 0))), object)
}

function asObject(fields: Fields, { apiVersion, kind }: KubeObject): KubeObject {
  return { ...fields, apiVersion, kind, metadata: fieldsOf(fields['metadata']) }
}

function templateOf(object: KubeObject): unknown {
  return fieldsOf(fieldsOf({ ...object })['spec'])['template']
}

/** Annotations that only conversion writes, by the version and kind that show them. */
const writtenByConversion: Readonly<Record<string, readonly string[]>> = {
  'apps/v1/DaemonSet': [templateGeneration],
  'autoscaling/v1/HorizontalPodAutoscaler': autoscalerAnnotations,
}

/** The metadata of an object's internal form, which partial objects show: without what only conversion writes there. */
export function internalMetadata({ apiVersion, kind, metadata }: KubeObject): KubeObject['metadata'] {
  const key = `${apiVersion}/${kind}`
  const names = Object.hasOwn(writtenByConversion, key) ? writtenByConversion[key] : undefined
  if (names === undefined || metadata.annotations === undefined) return metadata
  const kept = Object.entries(metadata.annotations).filter(([name]) => !names.includes(name))
  if (kept.length > 0) return { ...metadata, annotations: Object.fromEntries(kept) }
  const { annotations: _, ...rest } = metadata
  return rest
}
