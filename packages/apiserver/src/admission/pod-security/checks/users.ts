import { type Check, type CheckPod, named, setters, unlessOwnUsers } from '../check.ts'

const runAsNonRoot: CheckPod = ({ spec, containers }) => {
  const own = spec.securityContext?.runAsNonRoot
  const bad = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === false)
  const silent = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === undefined)
  const who = setters(own === false, bad)
  const reason = 'runAsNonRoot != true'
  if (who.length > 0) return { reason, detail: `${who.join(' and ')} must not set securityContext.runAsNonRoot=false` }
  if (own === true || silent.length === 0) return undefined
  return { reason, detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` }
}

const runAsUser: CheckPod = ({ spec, containers }) => {
  const bad = containers.filter(({ securityContext }) => securityContext?.runAsUser === 0)
  const who = setters(spec.securityContext?.runAsUser === 0, bad)
  if (who.length === 0) return undefined
  return { reason: 'runAsUser=0', detail: `${who.join(' and ')} must not set runAsUser=0` }
}

/** Checks of who processes run as. */
export const userChecks: readonly Check[] = [
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    versions: [
      [0, runAsNonRoot],
      [35, unlessOwnUsers(runAsNonRoot)],
    ],
  },
  {
    id: 'runAsUser',
    level: 'restricted',
    versions: [
      [23, runAsUser],
      [35, unlessOwnUsers(runAsUser)],
    ],
  },
]
