noinst_LIBRARIES += identity/libidentity.a
identity_libidentity_a_SOURCES = \
	identity/identity.c identity/identity.h \
	identity/person.c identity/person.h \
	identity/token.c identity/token.h
