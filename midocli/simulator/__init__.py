"""The datapath: frames walked through bridges, routers, chains, NAT and guests."""
