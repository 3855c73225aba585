import { describe, expect, it } from 'vitest'
import { box } from './box.ts'

describe('commands that make, move and find files', () => {
  it('mkdir, touch, ls, rm, rmdir', async () => {
    const { out, sh } = await box()
    expect(await out('mkdir -p /a/b/c; touch /a/f; echo hello > /a/.h; ls /a; ls -A /a; ls -d /a')).toBe(
      'b\nf\n.h\nb\nf\n/a\n',
    )
    expect(await out('chmod 640 /a/f; ln -s f /a/l; ls -l /a')).toBe(
      'total 4\ndrwxr-xr-x    2 root     root          4096 Jan  1 00:00 b\n-rw-r-----    1 root     root             0 Jan  1 00:00 f\nlrwxrwxrwx    1 root     root             1 Jan  1 00:00 l -> f\n',
    )
    expect(await sh('mkdir /a; rmdir /a; rm /a; rm /none; rm -f /none; ls /none')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        "mkdir: can't create directory '/a': File exists\nrmdir: /a: Directory not empty\nrm: can't remove '/a': Is a directory\nrm: can't remove '/none': No such file or directory\nls: /none: No such file or directory\n".replace(
          'rmdir: /a:',
          'rmdir: /a:',
        ),
    })
    expect(await out('rm -rf /a; ls -R /a 2>/dev/null || echo gone')).toBe('gone\n')
  })

  it('cp, mv, ln, readlink, chmod, stat', async () => {
    const { out, sh } = await box()
    expect(await out('mkdir -p /s/d /t; echo 1 > /s/one; echo 2 > /s/d/two; cp -r /s /t; find /t -type f | sort')).toBe(
      '/t/s/d/two\n/t/s/one\n',
    )
    expect(
      await out('cp /s/one /t/uno; mv /t/uno /t/eins; cat /t/eins; cp -a /s/. /t; ls /t; mv /t/eins /t/d; ls /t/d'),
    ).toBe('1\nd\neins\none\ns\neins\ntwo\n')
    expect(await out('ln -s /s/one /l; readlink /l; cat /l; readlink -f /l/; realpath /s/../s/one')).toBe(
      '/s/one\n1\n/s/one\n/s/one\n',
    )
    expect(await out('chmod u+x,go-r /s/one; stat -c "%a %A %s %n" /s/one')).toBe('700 -rwx------ 2 /s/one\n')
    expect(await sh('cp /s /x; cp /none /x; mv /none /x')).toMatchObject({
      code: 1,
      stderr:
        "cp: omitting directory '/s'\ncp: can't stat '/none': No such file or directory\nmv: can't rename '/none': No such file or directory\n",
    })
  })

  it('find, du, basename, dirname, which, mktemp', async () => {
    const { out } = await box()
    await out('mkdir -p /w/a/b; touch /w/x.log /w/a/y.log /w/a/b/z.txt')
    expect(
      await out("find /w -name '*.log'; cd /w; find . -maxdepth 1 -type d; find a -not -name '*.log' -type f"),
    ).toBe('/w/a/y.log\n/w/x.log\n.\n./a\na/b/z.txt\n')
    expect(
      await out(
        "find /w -name '*.log' -exec echo found {} \\;; find /w -type f -exec echo {} +; find /w -name '*.log' -delete; ls /w",
      ),
    ).toBe('found /w/a/y.log\nfound /w/x.log\n/w/a/b/z.txt /w/a/y.log /w/x.log\na\n')
    expect(await out('basename /a/b.txt .txt; dirname /a/b.txt; dirname x; which sh nope || echo no')).toBe(
      'b\n/a\n.\n/usr/sbin/sh\nno\n',
    )
    expect(await out('f=$(mktemp); echo hi > $f; cat $f; d=$(mktemp -d); ls -d $d; du -s /w')).toBe(
      'hi\n/tmp/tmp.aaaaa1\n12\t/w\n',
    )
  })

  it('reads environment, identity and time', async () => {
    const { out } = await box({ env: { A: '1' } })
    expect(await out('printenv A; env | grep ^A; env -i B=2 env; whoami; id -u; hostname; pwd')).toBe(
      '1\nA=1\nB=2\nroot\n0\np\n/\n',
    )
    expect(await out('timeout 2 sleep 10; echo $?; timeout 5 sleep 1; echo $?; time true 2>/dev/null')).toBe('124\n0\n')
  })
})

describe('tar', () => {
  it('packs and unpacks, byte by byte, long names and links too', async () => {
    const { out, exec, files } = await box()
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251)
    const long = `${'d'.repeat(60)}/${'f'.repeat(120)}`
    files.makeDirectory(`/in/${'d'.repeat(60)}`, { parents: true })
    files.write('/in/bin', bytes, { mode: 0o755 })
    files.write(`/in/${long}`, 'deep')
    files.write('/in/empty', '')
    files.link('bin', '/in/link')
    expect(
      await out(
        'tar cf /a.tar -C /in . && mkdir /to && tar -xf /a.tar -C /to && tar tf /a.tar | sort | tail -4; tar tvf /a.tar bin 2>&1',
      ),
    ).toContain('./link')
    expect(files.readBytes('/to/bin')).toEqual(bytes)
    expect(files.stat('/to/bin')?.mode).toBe(0o755)
    expect(files.read(`/to/${long}`)).toBe('deep')
    expect(files.stat('/to/link', { follow: false })?.target).toBe('bin')
    expect(files.read('/to/empty')).toBe('')
    expect(await out('tar cf - /in/bin 2>/dev/null | tar xf - -C /to && cmp 2>/dev/null; ls /to/in')).toBe('bin\n')
    expect(await exec(['tar', 'xf', '-'], { input: 'no archive at all' })).toMatchObject({
      code: 1,
      stderr: 'tar: short read\n',
    })
    expect(await exec(['tar', 'czf', '-', '/in'])).toMatchObject({
      code: 2,
      stderr: 'tar: not modelled: compression (-z)\n',
    })
  })

  it('keeps what it unpacks below its directory', async () => {
    const { out, sh } = await box()
    await out('mkdir -p /evil/x; cd /evil/x; echo bad > ../bad')
    expect(
      await sh('cd /evil/x; tar cPf /e.tar ../bad; mkdir /safe; tar xf /e.tar -C /safe; find /safe'),
    ).toMatchObject({
      stdout: '/safe\n/safe/bad\n',
    })
  })
})
