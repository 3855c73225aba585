import { CommandError } from '../shell/shell-error.ts'
import type { CommandFunction } from '../shell/world.ts'
import { awk } from './awk/command.ts'
import { byteCommands } from './bytes.ts'
import { copying } from './cat.ts'
import { copyCommands } from './copy.ts'
import { date } from './date.ts'
import { du, mktemp, stat } from './du.ts'
import { echo } from './echo.ts'
import { environmentCommands } from './environment.ts'
import { fileCommands } from './files.ts'
import { find } from './find.ts'
import { grepCommands } from './grep.ts'
import { head } from './head.ts'
import { identityCommands } from './identity.ts'
import { lineCommands } from './lines.ts'
import { ls } from './ls.ts'
import { curl } from './network/curl.ts'
import { nameCommands } from './network/names.ts'
import { nc } from './network/nc.ts'
import { wget } from './network/wget.ts'
import { argumentCommands } from './paths.ts'
import { printf } from './printf.ts'
import { processCommands } from './processes.ts'
import { sed } from './sed/sed.ts'
import { sh } from './sh.ts'
import { simple } from './simple.ts'
import { sort } from './sort.ts'
import { tail } from './tail.ts'
import { tar } from './tar/tar.ts'
import { tr } from './tr.ts'

const commands: Readonly<Record<string, CommandFunction>> = {
  ...simple,
  ...copying,
  ...fileCommands,
  ...copyCommands,
  ...environmentCommands,
  ...processCommands,
  ...identityCommands,
  ...argumentCommands,
  ...grepCommands,
  ...lineCommands,
  ...byteCommands,
  ...nameCommands,
  awk,
  curl,
  nc,
  wget,
  sh,
  ash: sh,
  bash: sh,
  dash: sh,
  date,
  du,
  echo,
  find,
  head,
  ls,
  mktemp,
  printf,
  sed,
  sort,
  stat,
  tail,
  tar,
  tr,
}

/** What such images have besides: there is a file of this name, but what it does is not modelled. */
const others = new Set(
  ['bc', 'chroot', 'cmp', 'crond', 'dc', 'df', 'diff', 'dmesg', 'ed', 'fold', 'free', 'gunzip', 'gzip', 'zcat', 'ip']
    .concat([
      'ifconfig',
      'less',
      'more',
      'lsof',
      'mkfifo',
      'mknod',
      'mount',
      'umount',
      'netstat',
      'ping',
      'route',
      'split',
    ])
    .concat(['strings', 'su', 'telnet', 'top', 'traceroute', 'unzip', 'uptime', 'vi', 'watch', 'xxd', 'hexdump', 'od']),
)

const notModelled: CommandFunction = () => {
  throw new CommandError('not modelled', 2)
}

/** Finds a command; one that images have but nobody wrote refuses. */
export function commandNamed(name: string): CommandFunction | undefined {
  if (Object.hasOwn(commands, name)) return commands[name]
  return others.has(name) ? notModelled : undefined
}
