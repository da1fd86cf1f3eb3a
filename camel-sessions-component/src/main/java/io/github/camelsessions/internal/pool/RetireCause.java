/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.pool;

/** Why a session of a pool is given to nobody any more. The constants are named as in statistics. */
enum RetireCause {
    /** It has sent as many requests as it may. */
    maxUses,
    /** It is as old as it may become. */
    maxAge,
    /** Too many of its requests failed. */
    errorScore,
    /** The site blocked it. */
    blocked,
    /** It has expired and could not be renewed. */
    expired,
    /** A route or an operator asked for it. */
    asked
}
