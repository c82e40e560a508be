// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_PROJECTION_TRIAL_HPP
#define EVENTSOURCING_TESTING_PROJECTION_TRIAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>
#include <eventsourcing/testing/projected.hpp>
#include <eventsourcing/testing/stored_state.hpp>
#include <eventsourcing/testing/stumbling_store.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Runs a projection over a store again and again, each time in another way, and compares.
template <class P, class Store>
class ProjectionTrial {
public:
    explicit ProjectionTrial(const Store& store) : store_(store) {}

    Result<void> project_all() { return project_onto(expected_, &events_); }
    Result<void> project_again() {
        Projected<P> again;
        if (auto done = project_onto(again, nullptr); !done)
            return done;
        return compare_models(again);
    }

    Result<void> page_sizes() {
        for (const std::size_t size : sizes()) {
            Run run(store_, size, events_);
            auto done = run.finish();
            if (done)
                done = compare(run);
            if (!done)
                return in(std::move(done), "pages of ", size);
        }
        return {};
    }

    Result<void> restarts() {
        for (const std::size_t size : sizes()) {
            Run run(store_, size, events_);
            auto done = run.finish([&] { run.restart(); });
            if (done)
                done = compare(run);
            if (!done)
                return in(std::move(done), "a restart after each page of ", size);
        }
        return {};
    }

    /// Each commit fails once, before or after it is made, and the runner goes on or is restarted.
    Result<void> redelivery() {
        for (const Stumble stumble : {Stumble::before, Stumble::after})
            for (const bool restarts : {false, true})
                for (const std::size_t size : sizes()) {
                    Run run(store_, size, events_);
                    bool fails = false;
                    auto done = run.finish([&] {
                        if (restarts)
                            run.restart();
                        if (fails = !fails; fails)
                            run.keeper.next(stumble);
                    });
                    if (done)
                        done = compare(run);
                    if (!done)
                        return in(std::move(done),
                                  stumble == Stumble::before
                                      ? "commits that fail, with pages of "
                                      : "commits whose answer is lost, with pages of ",
                                  size);
                }
        return {};
    }

    /// They take turns, so that each finds what the other has stored meanwhile.
    Result<void> two_runners() {
        for (const std::size_t size : sizes()) {
            Run run(store_, size, events_);
            const auto other = run.make(size % 2 + 1);
            auto done = run.finish([&] { other->step(); });
            if (done)
                done = compare(run);
            if (!done)
                return in(std::move(done), "two runners, with pages of ", size);
        }
        return {};
    }

    /// From the middle of the history, and once more at its end.
    Result<void> rebuilds() {
        Run run(store_, std::clamp<std::size_t>(events_ / 2, 1, most), events_);
        run.board->step();
        for (const char* const when :
             {"a rebuild in the middle of the history", "a rebuild at the end of the history"}) {
            auto done = run.board->rebuild();
            if (done)
                done = run.finish();
            if (done)
                done = compare(run);
            if (!done)
                return std::move(done).error().within(when);
        }
        return {};
    }

private:
    static constexpr std::size_t most = 4096; // records of a page

    using Subscribed = Subscription<P, Store, StumblingStore>;

    /// One read model, and who makes it.
    struct Run {
        Run(const Store& of, std::size_t size, std::size_t events)
            : store(of),
              page_size(size),
              most_steps(8 * (events / size + 8)) {
            restart();
        }

        [[nodiscard]] std::unique_ptr<Subscribed> make(std::size_t size) const {
            return std::make_unique<Subscribed>(
                store, keeper,
                SubscriptionOptions{.name = "checked", .page_size = size, .environment = clock});
        }
        void restart() { board = make(page_size); }

        Result<void> finish() {
            return finish([] {});
        }
        /// Steps until all is projected, and calls `before` each step. The clock moves on, so that
        /// what failed is tried again.
        template <class Before>
        Result<void> finish(Before before) {
            unsigned idle = 0;
            unsigned failed = 0;
            std::size_t steps = 0;
            while (idle < 2) { // the second one stores what the first could not
                before();
                clock.advance(std::chrono::minutes(1));
                const Step step = board->step();
                if (step.kind == Step::Kind::worked)
                    idle = 0;
                else if (step.kind == Step::Kind::idle)
                    ++idle; // a commit that fails between two of them is one of who runs it
                failed = step.kind == Step::Kind::waiting ? failed + 1 : 0;
                if (step.kind == Step::Kind::stopped || failed > 3) {
                    const auto status = board->status();
                    return Error(errc::failed, status.failure ? status.failure->message
                                                              : std::string("it has stopped"));
                }
                if (++steps > most_steps)
                    return Error(errc::failed, "it does not come to the end of the history");
            }
            keeper.next(Stumble::never);
            return {};
        }

        FixedEnvironment clock{};
        const Store& store;
        const std::size_t page_size;
        const std::size_t most_steps;
        StumblingStore keeper{clock};
        std::unique_ptr<Subscribed> board{};
    };

    [[nodiscard]] std::vector<std::size_t> sizes() const {
        std::vector<std::size_t> all{1, 2, 3, 7};
        all.push_back(std::clamp<std::size_t>(events_, 1, most));
        if (events_ > 1'000) // a page of one event costs a commit each
            all.erase(all.begin(), all.begin() + 3);
        return all;
    }

    Result<void> project_onto(Projected<P>& onto, std::size_t* events) const {
        FollowedReader<P> reader;
        AllRead which;
        for (;;) {
            const auto page = store_.read_all(which);
            if (!page)
                return page.error();
            for (const EventRecord& record : page->records())
                if (auto done = onto.project_record(reader, record); !done)
                    return done;
            if (events != nullptr)
                *events += page->records().size();
            if (page->at_end)
                return {};
            which.after = page->last_position;
        }
    }

    static Result<void> in(Result<void> done, std::string_view how, std::size_t size) {
        return std::move(done).error().within(joined({how, std::to_string(size)}));
    }

    static Result<void> same(const std::string& what, const typename P::State& expected,
                             const typename P::State& got) {
        if (same_state(expected, got))
            return {};
        return Error(errc::failed,
                     joined({what, " differs\n", state_difference(expected, got, "      ")}));
    }
    /// What is stored with what is expected.
    Result<void> compare(const Run& run) const {
        if constexpr (HasKey<P>) {
            for (const std::string& key : expected_.keys()) {
                const auto got = run.board->get(key);
                if (!got)
                    return got.error();
                if (auto done = compare_row(key, *got); !done)
                    return done;
            }
            return {};
        } else {
            const auto got = run.board->load();
            if (!got)
                return got.error();
            return same("the State", expected_.state(), *got);
        }
    }
    Result<void> compare_models(const Projected<P>& got) const {
        if constexpr (HasKey<P>) {
            if (got.keys() != expected_.keys())
                return Error(errc::failed, "other keys are named for the same events");
            for (const std::string& key : expected_.keys()) {
                const auto found = got.rows().find(key);
                if (auto done =
                        compare_row(key, found == got.rows().end() ? std::nullopt
                                                                   : std::optional(found->second));
                    !done)
                    return done;
            }
            return {};
        } else {
            return same("the State", expected_.state(), got.state());
        }
    }
    Result<void> compare_row(const std::string& key,
                             const std::optional<typename P::State>& got) const {
        const auto wanted = expected_.rows().find(key);
        const std::string what = joined({"the row ", in_quotes(key)});
        if (wanted == expected_.rows().end())
            return got ? Error(errc::failed, what + " is there, and was dropped") : Result<void>();
        if (!got)
            return Error(errc::failed, what + " is not there");
        return same(what, wanted->second, *got);
    }

    const Store store_;
    Projected<P> expected_;
    std::size_t events_ = 0;
};

} // namespace eventsourcing::detail

#endif
