# The tests of each room, in the order of the house.
include tests/unit/base/local.mk
include tests/unit/http/local.mk
include tests/unit/net/local.mk
include tests/unit/identity/local.mk
include tests/unit/rules/local.mk
include tests/unit/audit/local.mk
include tests/unit/approvals/local.mk
include tests/unit/proxy/local.mk
include tests/unit/admin/local.mk
include tests/unit/app/local.mk
