/* SPDX-License-Identifier: Apache-2.0 */
package io.github.camelsessions.internal.operation;

import io.github.camelsessions.api.CookieFormat;
import io.github.camelsessions.api.ListOf;
import io.github.camelsessions.api.SessionsConfiguration;
import io.github.camelsessions.api.SessionsOperation;
import io.github.camelsessions.internal.config.EffectiveRules;
import io.github.camelsessions.internal.config.Place;
import io.github.camelsessions.internal.config.Rulebook;
import java.net.URI;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.http.HttpMethods;
import org.jspecify.annotations.Nullable;

/** What operations need to know of their endpoint. */
public interface OperationEndpoint extends Endpoint {

    Rulebook.Owner getComponent();

    SessionsOperation getOperation();

    /**
     * The target given by this endpoint.
     *
     * @return null when the message names the target
     * @throws IllegalArgumentException when what is given is no http or https URL
     */
    @Nullable
    URI target();

    SessionsConfiguration getConfiguration();

    @Nullable
    String getSite();

    @Nullable
    HttpMethods getMethod();

    @Nullable
    String getForm();

    @Nullable
    String getSubmit();

    Map<String, Object> getField();

    boolean isExplain();

    CookieFormat getFormat();

    @Nullable
    String getDomain();

    ListOf getOf();

    long getOffset();

    int getLimit();

    /** The rules for one site. */
    default EffectiveRules rules(String site) {
        return getComponent().rulebook().rules(site, new Place("endpoint " + this, getConfiguration()));
    }
}
