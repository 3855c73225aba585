import type { FieldError, KubeObject, ObjectMeta } from '@kube-bonsai/apimachinery'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { RuleCompiler } from './apiextensions/schema/expressions.ts'
import type { AdmissionExpressionChecker } from './expression-checker.ts'
import type { MetadataRules } from './generic/metadata-rules.ts'

/** What a strategy may know beside the objects: nothing of storage, network or the wall clock. */
export interface StrategyContext {
  readonly gates: FeatureGates
  /** The request's time, RFC 3339 with whole seconds. */
  readonly now: string
  /** Who asks; absent for the server itself. */
  readonly user?: { readonly name: string; readonly uid?: string; readonly groups?: readonly string[] }
  /** The group to which the request was sent, where it may be another than that in which objects are kept: events. */
  readonly requestGroup?: string
  /** Checks expressions in fields. Absent: they are taken as they are. */
  readonly expressions?: ExpressionChecks
  /** Checks the expressions of webhooks and admission policies. Absent: they are taken as they are. */
  readonly admissionExpressions?: AdmissionExpressionChecker
  /** Compiles the rules of custom resources. Absent: they are taken as they are. */
  readonly compileRules?: RuleCompiler
  /** Whether containers may be privileged, as kube-apiserver's flag of that name says. Absent: they may. */
  readonly allowPrivileged?: boolean
  /** Tells the client something, also when the write is refused. */
  warn?(text: string): void
  /** The version in which the object was written; absent for the one in which it is stored. */
  readonly requestVersion?: string
  /** The labels of a namespace that exists; undefined for one that does not. Absent: what depends on them is not checked. */
  namespaceLabels?(name: string): Readonly<Record<string, string>> | undefined
}

/** Why an expression of the Common Expression Language is refused. */
export interface ExpressionProblem {
  /** Which field error it becomes; `invalid` with the expression as its value. */
  readonly type: 'required' | 'invalid' | 'internal'
  readonly detail: string
}

/** Whoever has a compiler of the Common Expression Language gives these to strategies. */
export interface ExpressionChecks {
  /** A selector of devices: what is wrong with it, or the most that it may cost. */
  deviceSelector(
    expression: string,
    options: { readonly stored: boolean; readonly consumableCapacity: boolean },
  ): { readonly error: ExpressionProblem } | { readonly maxCost: bigint }
}

/** How a kind answers a graceful delete: how long it may stay. */
export interface DeletePlan {
  /** Seconds; 0 means that it goes at once. */
  readonly gracePeriodSeconds: number
}

/** The rules of one way to write an object: the main resource, or a subresource such as status. */
export interface UpdateStrategy {
  /** Makes the object that will be stored: keeps what this write may not touch, counts the generation. */
  prepareForUpdate(object: KubeObject, old: KubeObject, context: StrategyContext): KubeObject
  /** Everything that is wrong with it, in upstream's order. */
  validateUpdate(object: KubeObject, old: KubeObject, context: StrategyContext): readonly FieldError[]
  warningsOnUpdate?(object: KubeObject, old: KubeObject, context: StrategyContext): readonly string[]
}

/** The rules of one kind, whatever version speaks of it. Objects come and go in the kind's storage version. */
export interface Strategy extends UpdateStrategy {
  readonly group: string
  readonly kind: string
  /** The version in which objects are stored and in which this strategy reads them. */
  readonly version: string
  readonly namespaced: boolean
  /** PUT of a name that does not exist creates it. */
  readonly allowCreateOnUpdate: boolean
  /** PUT without a resourceVersion overwrites. */
  readonly allowUnconditionalUpdate: boolean
  /**
   * Fills in defaults, as decoding does upstream, in whatever version of its group `object` is. Expects a decoded object
   * (api-types' `decode`) and the types of its group and version loaded; throws UnknownKindError when they are not.
   */
  default(object: KubeObject, context: StrategyContext): KubeObject
  prepareForCreate(object: KubeObject, context: StrategyContext): KubeObject
  /** Checks a new object; generic checks of metadata are the caller's (`validateObjectMeta`). */
  validate(object: KubeObject, context: StrategyContext): readonly FieldError[]
  warningsOnCreate?(object: KubeObject, context: StrategyContext): readonly string[]
  /** How the kind checks metadata. Absent: all of a new object, what changes of an old one, and no finalizers by name. */
  readonly metadata?: MetadataRules
  /** How names are checked: upstream's ValidateNameFunc. Returns messages. Without a context gates have their defaults. */
  validateName(name: string, prefix: boolean, context?: StrategyContext): readonly string[]
  /** The same where a name depends on the rest of the object; in place of `validateName`. */
  validateNameOf?(object: KubeObject, name: string, prefix: boolean): readonly string[]
  /** A name that was asked for by its beginning is that beginning. Absent: letters and digits follow it. */
  readonly keepsBaseName?: true
  /** Changes an object after it was validated, when its name is final. Absent: nothing to change. */
  canonicalize?(object: KubeObject, context: StrategyContext): KubeObject
  /** Subresources that write parts of this object: status, resize, ephemeralcontainers, finalize, approval. */
  readonly subresources: Readonly<Record<string, UpdateStrategy>>
  /** Fields that a fieldSelector may name, with their value in `object`; metadata.name and .namespace are the caller's. */
  selectableFields(object: KubeObject): Readonly<Record<string, string>>
  /** Absent: deletes are immediate. */
  planDelete?(object: KubeObject, requestedSeconds: number | undefined): DeletePlan
  /** What garbage collection does when the request does not say: `background` unless upstream says otherwise. */
  readonly defaultGarbageCollection: 'background' | 'orphan' | 'unsupported'
  /** Columns and cells of `kubectl get`. Absent: Name and Created At. */
  readonly table?: TableStrategy
  /** The server answers with Name and Created At all the same; only clients print the table. */
  readonly printsPlainly?: true
}

/** @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#tablecolumndefinition-v1-meta */
export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  /** 0 shows always, 1 only with `-o wide`. */
  readonly priority: number
}

/** One row: cells in the order of the columns. */
export interface TableRow {
  readonly cells: readonly unknown[]
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly reason?: string
    readonly message?: string
  }[]
}

/** How one kind prints. @see pkg/printers/internalversion/printers.go */
export interface TableStrategy {
  readonly columns: readonly TableColumn[]
  /** The row of one object; `now` is in milliseconds since the epoch, for ages. */
  row(object: KubeObject & { readonly metadata: ObjectMeta }, now: number): TableRow
}
