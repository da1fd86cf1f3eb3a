/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.form;

/** Something is wrong with a page, a form in it, or what is to be put into that. The message shows no value of a field. */
public final class FormException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public FormException(String message) {
        super(message);
    }

    FormException(String message, Throwable cause) {
        super(message, cause);
    }
}
