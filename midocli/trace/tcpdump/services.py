"""The names of ports and IP protocols, which tcpdump prints without -n.

Ports are as Debian's services file has them: where a port has several names, its first.
IP protocols are as tcpdump itself has them. Read only when a name is needed.
"""

from __future__ import annotations

from functools import cache

# PORT NAME, or PORT/tcp NAME and PORT/udp NAME where the two differ.
_PORTS = """
1/tcp tcpmux, 7 echo, 9 discard, 11/tcp systat, 13 daytime, 15/tcp netstat, 17/tcp qotd,
19 chargen, 20/tcp ftp-data, 21/tcp ftp, 21/udp fsp, 22/tcp ssh, 23/tcp telnet, 25/tcp smtp,
37 time, 43/tcp whois, 49 tacacs, 53 domain, 67/udp bootps, 68/udp bootpc, 69/udp tftp,
70/tcp gopher, 79/tcp finger, 80/tcp http, 88 kerberos, 102/tcp iso-tsap, 104/tcp acr-nema,
106/tcp poppassd, 110/tcp pop3, 111 sunrpc, 113/tcp auth, 119/tcp nntp, 123/udp ntp,
135/tcp epmap, 137/udp netbios-ns, 138/udp netbios-dgm, 139/tcp netbios-ssn, 143/tcp imap2,
161 snmp, 162 snmp-trap, 163 cmip-man, 164 cmip-agent, 174/tcp mailq, 177/udp xdmcp, 179/tcp bgp,
199/tcp smux, 209/tcp qmtp, 210/tcp z3950, 213/udp ipx, 319/udp ptp-event, 320/udp ptp-general,
345/tcp pawserv, 346/tcp zserv, 369 rpc2portmap, 370 codaauth2, 371/udp clearcase, 389 ldap,
427 svrloc, 443 https, 444/tcp snpp, 445/tcp microsoft-ds, 464 kpasswd, 465/tcp submissions,
487/tcp saft, 500/udp isakmp, 512/tcp exec, 512/udp biff, 513/tcp login, 513/udp who,
514/tcp shell, 514/udp syslog, 515/tcp printer, 517/udp talk, 518/udp ntalk, 520/udp route,
538 gdomap, 540/tcp uucp, 543/tcp klogin, 544/tcp kshell, 546/udp dhcpv6-client,
547/udp dhcpv6-server, 548/tcp afpovertcp, 554 rtsp, 563/tcp nntps, 587/tcp submission,
607/tcp nqs, 623/udp asf-rmcp, 628/tcp qmqp, 631/tcp ipp, 636 ldaps, 646 ldp, 655 tinc,
706/tcp silc, 749/tcp kerberos-adm, 750 kerberos4, 751 kerberos-master, 752/udp passwd-server,
754/tcp krb-prop, 775/tcp moira-db, 777/tcp moira-update, 779/udp moira-ureg, 783/tcp spamd,
853 domain-s, 871/tcp supfilesrv, 873/tcp rsync, 989/tcp ftps-data, 990/tcp ftps,
992/tcp telnets, 993/tcp imaps, 995/tcp pop3s, 1080/tcp socks, 1093/tcp proofd, 1094/tcp rootd,
1099/tcp rmiregistry, 1127/tcp supfiledbg, 1178/tcp skkserv, 1194 openvpn, 1210/udp predict,
1236/tcp rmtcfg, 1313/tcp xtel, 1314/tcp xtelw, 1352/tcp lotusnote, 1433/tcp ms-sql-s,
1434/udp ms-sql-m, 1524/tcp ingreslock, 1645 datametrics, 1646 sa-msg-port, 1649/tcp kermit,
1677/tcp groupwise, 1701/udp l2f, 1812 radius, 1813 radius-acct, 2000/tcp cisco-sccp, 2049 nfs,
2086 gnunet, 2101 rtcm-sc104, 2102/udp zephyr-srv, 2103/udp zephyr-clt, 2104/udp zephyr-hm,
2119/tcp gsigatekeeper, 2121/tcp iprop, 2135/tcp gris, 2401/tcp cvspserver, 2430 venus,
2431 venus-se, 2432 codasrv, 2433 codasrv-se, 2583 mon, 2600/tcp zebrasrv, 2601/tcp zebra,
2602/tcp ripd, 2603/tcp ripngd, 2604/tcp ospfd, 2605/tcp bgpd, 2606/tcp ospf6d, 2607/tcp ospfapi,
2608/tcp isisd, 2628/tcp dict, 2792/tcp f5-globalsite, 2811/tcp gsiftp, 2947/tcp gpsd,
3050/tcp gds-db, 3130/udp icpv2, 3205 isns, 3260/tcp iscsi-target, 3306/tcp mysql,
3389/tcp ms-wbt-server, 3493 nut, 3632/tcp distcc, 3689/tcp daap, 3690/tcp svn, 4031/tcp suucp,
4094/tcp sysrqd, 4190/tcp sieve, 4353/tcp f5-iquery, 4369/tcp epmd, 4373/tcp remctl,
4460/tcp ntske, 4500/udp ipsec-nat-t, 4557/tcp fax, 4559/tcp hylafax, 4569/udp iax, 4691/tcp mtn,
4899/tcp radmin-port, 4949/tcp munin, 5060 sip, 5061 sip-tls, 5222/tcp xmpp-client,
5269/tcp xmpp-server, 5308/tcp cfengine, 5353/udp mdns, 5432/tcp postgresql, 5555/udp rplay,
5556/tcp freeciv, 5666/tcp nrpe, 5667/tcp nsca, 5671/tcp amqps, 5672/tcp amqp, 5680/tcp canna,
6000/tcp x11, 6001/tcp x11-1, 6002/tcp x11-2, 6003/tcp x11-3, 6004/tcp x11-4, 6005/tcp x11-5,
6006/tcp x11-6, 6007/tcp x11-7, 6346 gnutella-svc, 6347 gnutella-rtr, 6379/tcp redis,
6444/tcp sge-qmaster, 6445/tcp sge-execd, 6446/tcp mysql-proxy, 6514/tcp syslog-tls,
6566/tcp sane-port, 6667/tcp ircd, 6696/udp babel, 6697/tcp ircs-u, 7000/tcp bbs,
7000/udp afs3-fileserver, 7001/udp afs3-callback, 7002/udp afs3-prserver, 7003/udp afs3-vlserver,
7004/udp afs3-kaserver, 7005/udp afs3-volser, 7007/udp afs3-bos, 7008/udp afs3-update,
7009/udp afs3-rmtsys, 7100/tcp font-service, 8021/tcp zope-ftp, 8080/tcp http-alt,
8081/tcp tproxy, 8088/tcp omniorb, 8140/tcp puppet, 8990/tcp clc-build-daemon, 9098/tcp xinetd,
9101/tcp bacula-dir, 9102/tcp bacula-fd, 9103/tcp bacula-sd, 9418/tcp git, 9667/tcp xmms2,
9673/tcp zope, 10000/tcp webmin, 10050/tcp zabbix-agent, 10051/tcp zabbix-trapper,
10080/tcp amanda, 10081/tcp kamanda, 10082/tcp amandaidx, 10083/tcp amidxtape, 10809/tcp nbd,
11112/tcp dicom, 11371/tcp hkp, 17001/udp sgi-cmsd, 17002/udp sgi-crsd, 17003/udp sgi-gcd,
17004/tcp sgi-cad, 17500/tcp db-lsp, 22125/tcp dcap, 22128/tcp gsidcap, 22273/tcp wnn6,
24554/tcp binkp, 27374 asp, 30865/tcp csync2, 57000/tcp dircproxy, 60177/tcp tfido,
60179/tcp fido
"""

# By number, from 0 on; a dash is a number without a name.
_PROTOCOLS = """
hopopt icmp igmp ggp ipencap st tcp cbt egp igp bbn-rcc-mon nvp-ii pup argus emcon xnet chaos
udp mux dcn-meas hmp prm xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp
merit-inp dccp 3pc idpr xtp ddp idpr-cmtp tp++ il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre
dsr bna esp ah i-nlsp swipe narp mobile tlsp skip ipv6-icmp ipv6-nonxt ipv6-opts - cftp -
sat-expak kryptolan rvd ippc - sat-mon visa ipcv cpnx rspf wsn pvp br-sat-mon sun-nd wb-mon
wb-expak iso-ip vmtp secure-vmtp vines ttp nsfnet-igp dgp tcf eigrp ospf sprite-rpc larp mtp
ax.25 ipip micp scc-sp etherip encap - gmtp ifmp pnni pim aris scps qnx a/n ipcomp snp
compaq-peer ipx-in-ip vrrp pgm - l2tp ddx iatp stp srp uti smp sm ptp isis fire crtp crudp
sscopmce iplt sps pipe sctp fc rsvp-e2e-ignore mobility-header udplite mpls-in-ip manet hip
shim6 wesp rohc
"""
_LATER_PROTOCOLS = {253: "exptest-253", 254: "exptest-254", 255: "reserved"}


@cache
def ports(transport: str) -> dict[int, str]:
    """Port to name, for `tcp` or `udp`."""
    names = {}
    for entry in _PORTS.replace("\n", " ").split(","):
        ports_text, name = entry.split()
        port, _, only = ports_text.partition("/")
        if only in ("", transport):
            names[int(port)] = name
    return names


@cache
def protocols() -> dict[int, str]:
    """IP protocol number to name."""
    named = {number: name for number, name in enumerate(_PROTOCOLS.split()) if name != "-"}
    return named | _LATER_PROTOCOLS
