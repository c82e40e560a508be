// SPDX-License-Identifier: MIT
#ifndef TESTS_TESTING_SIMULATION_REPEATED_REQUESTS_HPP
#define TESTS_TESTING_SIMULATION_REPEATED_REQUESTS_HPP

// Requests as a queue hands them over: each with its id, and again at any time, answered or not.
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/testing/simulation.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace simulated_requests {

namespace es = eventsourcing;

/// R4: whatever is asked is stored once at most, and each answer after the first is the same.
template <class Command>
class RepeatedRequests {
public:
    /// A turn of a client: a new request, `make(random)`, or one that was made before, is executed
    /// by `execute(command, id)`.
    template <class Make, class Execute>
    void hand_over(es::Random& random, const es::Environment& environment, const Make& make,
                   const Execute& execute) {
        if (requests_.empty() || random.chance(0.6)) {
            const es::Uuid id = environment.new_id();
            requests_.push_back({id, make(random)});
            ask(requests_.back(), execute);
        } else {
            ask(requests_[static_cast<std::size_t>(random.below(requests_.size()))], execute);
        }
    }

    /// What is wrong with the answers so far.
    [[nodiscard]] const std::string& fault() const { return fault_; }
    /// What is wrong with what is stored, at the end.
    [[nodiscard]] std::string fault(const es::MemoryStore& store) const {
        std::map<std::string, std::uint64_t> stored; // events of each request
        auto fault =
            es::detail::each_record(store, {}, [&](const es::EventRecord& record) -> std::string {
                const auto metadata = es::decode_metadata(record.metadata);
                if (!metadata)
                    return metadata.error().message();
                ++stored[metadata->command_id];
                return {};
            });
        for (const Request& request : requests_) {
            const std::uint64_t events = stored[request.id.to_string()];
            if (events > 1)
                fault = about(request, "is stored twice");
            if (request.receipt && events == 0)
                fault = about(request, "was answered and is not stored");
            if (request.refused && events > 0)
                fault = about(request, "was refused and is stored");
        }
        return fault;
    }

private:
    struct Request {
        es::Uuid id;
        Command command;
        std::optional<es::Receipt> receipt{}; // of its first answer
        bool refused = false;                 // by the last answer, and not asked since
        int asked = 0;                        // how often at once
        bool overlaps = false;
    };

    template <class Execute>
    void ask(Request& request, const Execute& execute) {
        const bool answered = request.receipt.has_value();
        request.overlaps = request.asked++ > 0;
        request.refused = false;
        const auto done = execute(request.command, request.id);
        const bool alone = !request.overlaps;
        --request.asked;
        if (done) {
            if (request.receipt && done->receipt != request.receipt)
                fault_ = about(request, "got another receipt than before");
            if (answered && !done->repeated)
                fault_ = about(request, "was answered before, and is carried out once more");
            request.receipt = done->receipt;
        } else if (done.error().kind() == es::errc::rejected) {
            if (answered)
                fault_ = about(request, "was carried out, and is refused now");
            request.refused = alone;
        }
    }
    static std::string about(const Request& request, const char* what) {
        return es::detail::joined({"request ", request.id.to_string(), " ", what});
    }

    std::deque<Request> requests_; // whose places in memory stay
    std::string fault_;
};

} // namespace simulated_requests

#endif
