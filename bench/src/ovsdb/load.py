# Loads the database with the IDL of python3-openvswitch. Prints the time in milliseconds, without the interpreter's start.
import sys
import time

import ovs.db.idl
import ovs.poller

remote, rows = sys.argv[1], int(sys.argv[2])
start = time.monotonic()
helper = ovs.db.idl.SchemaHelper('/usr/share/ovn/ovn-nb.ovsschema')
helper.register_all()
idl = ovs.db.idl.Idl(remote, helper)
while True:
    idl.run()
    if len(idl.tables['Logical_Switch_Port'].rows) >= rows:
        break
    poller = ovs.poller.Poller()
    idl.wait(poller)
    poller.block()
print((time.monotonic() - start) * 1000)
