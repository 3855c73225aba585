import type { Node, Pod } from '@kube-bonsai/api-types/core/v1'
import { podRequests } from '@kube-bonsai/component-helpers'
import type { NodeResourcesFitArgs } from '../config/plugin-args.ts'
import type { StateKey } from '../framework/cycle-state.ts'
import { type NodeInfo, newNodeInfo } from '../framework/node-info.ts'
import { newPodInfo, type PodInfo } from '../framework/pod-info.ts'
import { isExtendedResource, pendingPodRequest, type ResourceVector, toVector } from '../framework/resource.ts'
import { type Status, unresolvable, unschedulable } from '../framework/status.ts'
import type { Plugin } from './plugin.ts'
import {
  leastAllocated,
  mostAllocated,
  nodeScorer,
  type ResourceWeight,
  requestedToCapacityRatio,
  type ScoringRequests,
  scoringRequests,
  type UsageScorer,
} from './resource-scoring.ts'

const requestKey: StateKey<ResourceVector> = { name: 'PreFilterNodeResourcesFit' }
const scoreKey: StateKey<ScoringRequests> = { name: 'PreScoreNodeResourcesFit' }

/** The default weights of LeastAllocated. */
export const defaultFitResources: readonly ResourceWeight[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
]

/** A resource of which a node has too little left. */
interface Shortage {
  readonly reason: string
  /** True when the node would be too small even if it were empty. */
  readonly unresolvable: boolean
}

/** What is taken where nothing is configured. */
const defaultArgs: NodeResourcesFitArgs = {
  ignoredResources: [],
  ignoredResourceGroups: [],
  scoringStrategy: { type: 'LeastAllocated', resources: defaultFitResources },
}

/**
 * Requests must fit into what a node has left; nodes score by how full they are, as the configured strategy has it.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/scheduler/framework/plugins/noderesources/fit.go
 */
export function nodeResourcesFit(args: NodeResourcesFitArgs = defaultArgs): Plugin {
  const { resources } = args.scoringStrategy
  const scoreNode = nodeScorer(resources, false, scorerOf(args))
  const requestOf = (pod: Pod) => withoutIgnored(pendingPodRequest(pod), args)
  return {
    name: 'NodeResourcesFit',
    eventsToRegister: () => [
      { resource: 'Pod', actions: ['Delete', 'UpdatePodScaleDown'], hint: hintAfterPod },
      { resource: 'Node', actions: ['Add', 'UpdateNodeAllocatable'], hint: hintAfterNode },
    ],
    preFilter(state, { pod }) {
      state.write(requestKey, requestOf(pod))
      return undefined
    },
    filter(state, { pod }, node) {
      const request = state.read(requestKey) ?? requestOf(pod)
      return fits(request, node) ? undefined : refusal(findShortages(request, node))
    },
    preScore(state, { pod }) {
      state.write(scoreKey, scoringRequests(pod, resources, true))
      return undefined
    },
    score(state, { pod }, node) {
      const requests = state.read(scoreKey) ?? scoringRequests(pod, resources, true)
      return scoreNode(node, requests)
    },
  }
}

function scorerOf({ scoringStrategy: { type, requestedToCapacityRatio: ratio } }: NodeResourcesFitArgs): UsageScorer {
  if (type === 'MostAllocated') return mostAllocated
  return type === 'RequestedToCapacityRatio' ? requestedToCapacityRatio(ratio?.shape ?? []) : leastAllocated
}

/** Leaves out the extended resources that somebody else looks after. */
function withoutIgnored(
  request: ResourceVector,
  { ignoredResources, ignoredResourceGroups }: NodeResourcesFitArgs,
): ResourceVector {
  if (ignoredResources.length + ignoredResourceGroups.length === 0 || request.scalars.size === 0) return request
  const isIgnored = (name: string) =>
    isExtendedResource(name) &&
    (ignoredResources.includes(name) || ignoredResourceGroups.includes(name.slice(0, name.indexOf('/'))))
  return { ...request, scalars: new Map([...request.scalars].filter(([name]) => !isIgnored(name))) }
}

/** One status per set of reasons: most nodes are refused for the same ones. */
const refusals = new Map<string, Status>()

function refusal(shortages: readonly Shortage[]): Status {
  const reasons = shortages.map((shortage) => shortage.reason)
  const final = shortages.some((shortage) => shortage.unresolvable)
  const key = `${final} ${reasons.join()}`
  const known = refusals.get(key)
  if (known !== undefined) return known
  const status = final ? unresolvable(...reasons) : unschedulable(...reasons)
  // Resource names come from users; there is no end to them.
  if (refusals.size > 1000) refusals.clear()
  refusals.set(key, status)
  return status
}

/** Whether a node has room for a request: the question that is asked most, so nothing is made to answer it. */
function fits(request: ResourceVector, { allocatable, requested, pods }: NodeInfo): boolean {
  if (pods.length + 1 > allocatable.allowedPods) return false
  if (request.milliCPU > 0 && request.milliCPU > allocatable.milliCPU - requested.milliCPU) return false
  if (request.memory > 0 && request.memory > allocatable.memory - requested.memory) return false
  const storage = request.ephemeralStorage
  if (storage > 0 && storage > allocatable.ephemeralStorage - requested.ephemeralStorage) return false
  if (request.scalars.size === 0) return true
  for (const [name, amount] of request.scalars) {
    if (amount > 0 && amount > (allocatable.scalars.get(name) ?? 0) - (requested.scalars.get(name) ?? 0)) return false
  }
  return true
}

/** What a node lacks for a request, in upstream's order: pods, cpu, memory, ephemeral storage, the rest by name. */
function findShortages(request: ResourceVector, node: NodeInfo): readonly Shortage[] {
  const { allocatable, requested } = node
  const found: Shortage[] = []
  if (node.pods.length + 1 > allocatable.allowedPods) found.push({ reason: 'Too many pods', unresolvable: false })
  check(found, 'cpu', request.milliCPU, allocatable.milliCPU, requested.milliCPU)
  check(found, 'memory', request.memory, allocatable.memory, requested.memory)
  const storage = allocatable.ephemeralStorage
  check(found, 'ephemeral-storage', request.ephemeralStorage, storage, requested.ephemeralStorage)
  for (const name of [...request.scalars.keys()].sort()) {
    const capacity = allocatable.scalars.get(name) ?? 0
    check(found, name, request.scalars.get(name) ?? 0, capacity, requested.scalars.get(name) ?? 0)
  }
  return found
}

function check(found: Shortage[], name: string, wanted: number, capacity: number, used: number): void {
  if (wanted > 0 && wanted > capacity - used) {
    found.push({ reason: `Insufficient ${name}`, unresolvable: wanted > capacity })
  }
}

function hintAfterPod(waiting: PodInfo, before: unknown, after: unknown): 'Queue' | 'Skip' {
  const old = before as Pod
  if (after === undefined) return old.spec?.nodeName || old.status?.nominatedNodeName ? 'Queue' : 'Skip'
  const changed = after as Pod
  if (changed.metadata.uid === waiting.uid) return 'Queue'
  if (!changed.spec?.nodeName) return 'Skip'
  const [was, is] = [newPodInfo(old).requests, newPodInfo(changed).requests]
  const wanted = toVector(podRequests(waiting.pod, { useStatusResources: true }))
  const shrank =
    (wanted.milliCPU > 0 && was.milliCPU > is.milliCPU) ||
    (wanted.memory > 0 && was.memory > is.memory) ||
    (wanted.ephemeralStorage > 0 && was.ephemeralStorage > is.ephemeralStorage) ||
    [...wanted.scalars].some(
      ([name, amount]) => amount > 0 && (was.scalars.get(name) ?? 0) > (is.scalars.get(name) ?? 0),
    )
  return shrank ? 'Queue' : 'Skip'
}

function hintAfterNode(waiting: PodInfo, before: unknown, after: unknown): 'Queue' | 'Skip' {
  const request = pendingPodRequest(waiting.pod)
  const is = emptyNode(after as Node)
  if (findShortages(request, is).length > 0) return 'Skip'
  if (before === undefined) return 'Queue'
  const [more, less] = [is.allocatable, emptyNode(before as Node).allocatable]
  const grew =
    more.allowedPods > less.allowedPods ||
    (request.milliCPU > 0 && more.milliCPU > less.milliCPU) ||
    (request.memory > 0 && more.memory > less.memory) ||
    (request.ephemeralStorage > 0 && more.ephemeralStorage > less.ephemeralStorage) ||
    [...request.scalars].some(
      ([name, amount]) => amount > 0 && (more.scalars.get(name) ?? 0) > (less.scalars.get(name) ?? 0),
    )
  return grew ? 'Queue' : 'Skip'
}

function emptyNode(node: Node): NodeInfo {
  return newNodeInfo(node.metadata.name ?? '', node)
}
