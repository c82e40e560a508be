// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_KEEPER_HPP
#define EVENTSOURCING_TESTING_LAWS_KEEPER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::laws {

/// A store of progress, snapshots, or both, type-erased, so that the laws are compiled once
/// for all of them. What it lacks is answered with `unsupported`.
class Keeper {
public:
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    virtual ~Keeper() = default;

    using Listed = std::vector<std::pair<ProgressKey, Progress>>;
    using After = std::optional<std::string_view>;

    virtual Result<std::optional<Progress>> load(const ProgressKey& key,
                                                 const CallOptions& call) = 0;
    virtual Result<Listed> list(const CallOptions& call) = 0;
    virtual Result<void> commit(const ProgressCommit& commit, const CallOptions& call) = 0;
    virtual Result<bool> drop(const ProgressKey& key, const CallOptions& call) = 0;
    virtual Result<std::optional<std::string>> row(const ProgressKey& key, std::string_view row,
                                                   const CallOptions& call) = 0;
    virtual Result<std::vector<RowCommit>> rows(const ProgressKey& key, After after,
                                                std::size_t limit, const CallOptions& call) = 0;
    virtual Result<std::vector<ParkedEvent>> parked(const ProgressKey& key, After after,
                                                    std::size_t limit, const CallOptions& call) = 0;

    virtual Result<void> save(const Snapshot& snapshot, const CallOptions& call) = 0;
    virtual Result<std::optional<Snapshot>> snapshot(StreamNameView stream, std::string_view kind,
                                                     std::string_view fingerprint,
                                                     const CallOptions& call) = 0;
    virtual Result<std::uint64_t> prune(std::string_view kind, std::string_view keep,
                                        const CallOptions& call) = 0;

    virtual void close() = 0;

    /// Whose clock its deadlines are instants of.
    [[nodiscard]] virtual Environment environment() const = 0;

    /// Whether it keeps what it has acknowledged: by its type or, for an `AnyStore`, the store
    /// inside; a store without events by whether it can be opened again.
    [[nodiscard]] virtual bool durable(bool can_reopen) const = 0;

protected:
    Keeper() = default;
};

template <class S>
class KeeperOf final : public Keeper {
public:
    static constexpr bool keeps_progress = detail::KeepsProgress<S>;
    static constexpr bool keeps_snapshots = detail::KeepsSnapshots<S>;
    static constexpr bool can_close = requires(S& store) { store.close(); };

    explicit KeeperOf(S store) : store_(std::move(store)) {}

    Result<std::optional<Progress>> load(const ProgressKey& key, const CallOptions& call) override {
        if constexpr (keeps_progress)
            return store_.load_progress(key, call);
        else
            return errc::unsupported;
    }
    Result<Listed> list(const CallOptions& call) override {
        if constexpr (keeps_progress)
            return store_.list_progress(call);
        else
            return errc::unsupported;
    }
    Result<void> commit(const ProgressCommit& commit, const CallOptions& call) override {
        if constexpr (keeps_progress)
            return store_.commit_progress(commit, call);
        else
            return errc::unsupported;
    }
    Result<bool> drop(const ProgressKey& key, const CallOptions& call) override {
        if constexpr (keeps_progress)
            return store_.drop_progress(key, call);
        else
            return errc::unsupported;
    }
    Result<std::optional<std::string>> row(const ProgressKey& key, std::string_view row,
                                           const CallOptions& call) override {
        if constexpr (keeps_progress)
            return store_.load_row(key, row, call);
        else
            return errc::unsupported;
    }
    Result<std::vector<RowCommit>> rows(const ProgressKey& key, After after, std::size_t limit,
                                        const CallOptions& call) override {
        if constexpr (keeps_progress)
            return store_.load_rows(key, after, limit, call);
        else
            return errc::unsupported;
    }
    Result<std::vector<ParkedEvent>> parked(const ProgressKey& key, After after, std::size_t limit,
                                            const CallOptions& call) override {
        if constexpr (keeps_progress)
            return store_.load_parked(key, after, limit, call);
        else
            return errc::unsupported;
    }

    Result<void> save(const Snapshot& snapshot, const CallOptions& call) override {
        if constexpr (keeps_snapshots)
            return store_.save_snapshot(snapshot, call);
        else
            return errc::unsupported;
    }
    Result<std::optional<Snapshot>> snapshot(StreamNameView stream, std::string_view kind,
                                             std::string_view fingerprint,
                                             const CallOptions& call) override {
        if constexpr (keeps_snapshots)
            return store_.load_snapshot(stream, kind, fingerprint, call);
        else
            return errc::unsupported;
    }
    Result<std::uint64_t> prune(std::string_view kind, std::string_view keep,
                                const CallOptions& call) override {
        if constexpr (keeps_snapshots)
            return store_.prune_snapshots(kind, keep, call);
        else
            return errc::unsupported;
    }

    void close() override {
        if constexpr (can_close)
            static_cast<void>(store_.close());
    }

    [[nodiscard]] Environment environment() const override {
        if constexpr (requires(const S& store) { store.environment(); })
            return store_.environment();
        else
            return {};
    }

    [[nodiscard]] bool durable(bool can_reopen) const override {
        if constexpr (requires(const S& store) { store.actual_capabilities(); })
            return store_.actual_capabilities().durable;
        else if constexpr (requires { S::capabilities; })
            return S::capabilities.durable;
        else
            return can_reopen;
    }

private:
    S store_;
};

} // namespace eventsourcing::detail::laws

#endif
