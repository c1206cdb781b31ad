noinst_LIBRARIES += proxy/libproxy.a
proxy_libproxy_a_SOURCES = \
	proxy/answer.c proxy/answer.h \
	proxy/claim.c proxy/claim.h \
	proxy/clearance.h \
	proxy/counters.def proxy/counters.h \
	proxy/door.c proxy/door.h \
	proxy/ending.c proxy/ending.h \
	proxy/examine.c proxy/examine.h \
	proxy/exchange.c proxy/exchange.h \
	proxy/exchange_state.c proxy/exchange_state.h \
	proxy/forward.c proxy/forward.h \
	proxy/gate.c proxy/gate.h \
	proxy/gated.c proxy/gated.h \
	proxy/intake.c proxy/intake.h \
	proxy/judge.c proxy/judge.h \
	proxy/kept.c proxy/kept.h \
	proxy/policy.h \
	proxy/prefer.c proxy/prefer.h \
	proxy/problem.c proxy/problem.h \
	proxy/proxy.c proxy/proxy.h \
	proxy/question.c proxy/question.h \
	proxy/refusal.c proxy/refusal.h proxy/refusals.def \
	proxy/regime.c proxy/regime.h \
	proxy/reply.c proxy/reply.h \
	proxy/share.c proxy/share.h \
	proxy/site.c proxy/site.h \
	proxy/status.c proxy/status.h \
	proxy/trail.c proxy/trail.h \
	proxy/upstream.c proxy/upstream.h \
	proxy/worker.h
