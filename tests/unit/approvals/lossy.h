/* Stands between a store and Redis, and loses one answer when it is told to. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_LOSSY_H
#define TEST_LOSSY_H

#include "lib/base/list.h"
#include "tests/unit/approvals/store_house.h"

struct lossy {
	struct house *house;
	char socket[100], address[120];
	int listener;
	struct watch *watch;
	struct list pairs;
	char word[80]; /* armed: the answer to the next command that has it is lost */
	bool is_lost;  /* it was: the link it was on is mute until lossy_cut() */
};

/* Listens beside the house's Redis; the house's stores go through it from now on. */
void lossy_begin(struct lossy *l, struct house *h);
void lossy_end(struct lossy *l);
void lossy_arm(struct lossy *l, const char *word);
/* Runs the loop until Redis has carried out the command. */
void lossy_wait(struct lossy *l);
void lossy_cut(struct lossy *l);

#endif
