/** The users that an image brings: its files in /etc, and the USER it runs as. */
export interface ImageUsers {
  /** `1000`, `app` or `1000:2000`; root by default. */
  readonly user?: string
  /** The text of /etc/passwd; only root by default. */
  readonly passwd?: string
  /** The text of /etc/group; only root by default. */
  readonly group?: string
}

/** Who a container is to run as, of what its pod says. */
export interface IdentityRequest {
  readonly runAsUser?: number
  readonly runAsGroup?: number
  readonly supplementalGroups?: readonly number[]
  readonly fsGroup?: number
  /** `Merge` adds the groups that the image gives the user; it is the default. */
  readonly policy?: string
}

/** Who the first process of a container runs as. */
export interface Identity {
  readonly uid: number
  readonly gid: number
  /** Ascending; the primary group is one of them. */
  readonly supplementalGroups: readonly number[]
}

interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const rows = (text: string): readonly (readonly string[])[] =>
  text.split('\n').flatMap((line) => (line.trim() === '' || line.startsWith('#') ? [] : [line.trim().split(':')]))

const id = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined

/**
 * Who a container runs as: the user of the pod or of the image, its primary group, and further groups by the pod's policy.
 * Names that the image does not know stand for root.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/3619-supplemental-groups-policy
 */
export function identityOf(image: ImageUsers, request: IdentityRequest): Identity {
  const users = rows(image.passwd ?? 'root:x:0:0').flatMap(([name = '', , uid, gid]): readonly User[] => {
    const [user, group] = [id(uid), id(gid)]
    return user === undefined || group === undefined ? [] : [{ name, uid: user, gid: group }]
  })
  const groups = rows(image.group ?? 'root:x:0:')
  const [named = '', group] = (image.user ?? '').split(':')
  const wanted = request.runAsUser ?? id(named)
  const user = users.find((each) => (wanted === undefined ? each.name === named : each.uid === wanted))
  const uid = wanted ?? user?.uid ?? 0
  const groupId = (name: string) => id(name) ?? id(groups.find(([known]) => known === name)?.[2])
  const fromImage = request.runAsUser === undefined && group !== undefined ? groupId(group) : undefined
  const gid = request.runAsGroup ?? fromImage ?? user?.gid ?? 0
  const own = user?.name ?? users.find((each) => each.uid === uid)?.name
  const merged =
    request.policy === 'Strict' || own === undefined
      ? []
      : groups.flatMap(([, , number, members = '']) => {
          const member = members.split(',').includes(own) ? id(number) : undefined
          return member === undefined ? [] : [member]
        })
  const asked = [...(request.supplementalGroups ?? []), ...(request.fsGroup === undefined ? [] : [request.fsGroup])]
  return { uid, gid, supplementalGroups: [...new Set([gid, ...asked, ...merged])].sort((left, right) => left - right) }
}
