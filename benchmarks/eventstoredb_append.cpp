// SPDX-License-Identifier: MIT
// Appends of one event each to the fake EventStoreDB, on a connection that is kept, against a bare
// libcurl loop that posts the same bytes.
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/eventstoredb.hpp>

#include "compare.hpp"
#include "engines/eventstoredb/fake_server.hpp"

#include <cstdint>
#include <cstdlib>
#include <curl/curl.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;

namespace {

constexpr std::string_view data =
    R"({"targetId":"ogre","damage":150,"weapon":"club","critical":false})";
constexpr es::StreamNameView stream = "combat-ogre";

std::vector<es::NewEvent> events(unsigned long count) {
    const es::Environment environment;
    std::vector<es::NewEvent> all;
    for (unsigned long i = 0; i < count; ++i)
        all.push_back({.id = environment.new_id(),
                       .type = "combat.entity_attacked",
                       .version = "1.0",
                       .content_type = "application/json",
                       .data = data,
                       .metadata = R"({"$correlationId":"request-7"})",
                       .recorded_at = environment.now(),
                       .tags = {}});
    return all;
}

compare::Work library(unsigned long operations) {
    auto server = std::make_unique<fake_esdb::Server>();
    const auto address = "esdb://127.0.0.1:" + std::to_string(server->port()) + "?tls=false";
    auto store = *es::EventStoreDb::open(address);
    return [server = std::shared_ptr<fake_esdb::Server>(std::move(server)), store,
            all = events(operations)]() mutable {
        unsigned long sum = 0;
        auto expected = es::ExpectedRevision::no_stream();
        for (const es::NewEvent& event : all) {
            const auto done = store.append(stream, expected, es::EventBatch(std::span(&event, 1)));
            if (!done)
                std::abort();
            expected = es::ExpectedRevision::exactly(done->last);
            sum += done->last.value();
        }
        return sum;
    };
}

std::size_t ignore(char* /*bytes*/, std::size_t /*one*/, std::size_t size, void* /*self*/) {
    return size;
}

compare::Work by_hand(unsigned long operations) {
    auto server = std::make_shared<fake_esdb::Server>();
    std::vector<std::string> bodies;
    for (const es::NewEvent& event : events(operations))
        bodies.push_back(*es::detail::eventstoredb::append_body({&event, 1}));
    const std::shared_ptr<CURL> curl(curl_easy_init(), &curl_easy_cleanup);
    return [=] {
        curl_easy_setopt(curl.get(), CURLOPT_URL, (server->url() + "/streams/combat-ogre").c_str());
        curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &ignore);
        unsigned long sum = 0;
        long expected = -1;
        for (const std::string& body : bodies) {
            curl_slist* headers = nullptr;
            for (const char* const header : {"Content-Type: application/vnd.eventstore.events+json",
                                             "Accept: application/json", "ES-RequireMaster: True",
                                             "ES-RequireLeader: True", "Expect:"})
                headers = curl_slist_append(headers, header);
            headers = curl_slist_append(
                headers, ("ES-ExpectedVersion: " + std::to_string(expected)).c_str());
            curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
            curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
            curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
            long status = 0;
            if (curl_easy_perform(curl.get()) != CURLE_OK ||
                curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
                status != 201)
                std::abort();
            curl_slist_free_all(headers);
            sum += static_cast<unsigned long>(++expected);
        }
        return sum;
    };
}

} // namespace

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {{"eventstoredb, append one event", library, by_hand, 500, 0, 1 / 0.9}});
}
