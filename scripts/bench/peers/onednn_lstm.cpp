// Times oneDNN's LSTM primitives on the shapes of bench_engine, one JSON line for each figure.
// usage: onednn_lstm [--threads N] [--seconds S] [--shapes a,b,...] [--what train,infer,window1,row]
//
// train: forward_training and backward, the weights reordered into oneDNN's layouts at every step because training
// changes them; no head, no loss, no clip, no optimizer. infer: forward_inference with weights packed once; window1:
// the same for a single window. row: one step of one sequence that takes the state of the last and leaves its own,
// weights packed once. Layers are primitives of their own, as the width of the first one's input differs. Nothing is
// looked up or allocated while the clock runs: primitives, memories and argument lists are made beforehand.
//
// For the API of oneDNN 2.x: g++ -O2 -fopenmp onednn_lstm.cpp -ldnnl
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dnnl.hpp>
#include <functional>
#include <omp.h>
#include <string>
#include <vector>

using dnnl::lstm_backward;
using dnnl::lstm_forward;
using dnnl::memory;
using dnnl::prop_kind;
using tag = memory::format_tag;

struct Shape {
    const char *name;
    long batch, steps, inputs, hidden, layers;
};

static const Shape shapes[] = {
    {"a", 32, 24, 1, 32, 1},
    {"b", 64, 48, 8, 64, 1},
    {"c", 64, 96, 8, 128, 1},
    {"d", 128, 96, 8, 128, 2},
    {"e", 128, 168, 16, 256, 1},
    {"h16", 32, 16, 11, 16, 1},
    {"auto-large", 256, 14, 64, 64, 1},
    {"auto-small", 32, 14, 32, 32, 1},
};

// A primitive with its arguments, ready to run.
struct Call {
    dnnl::primitive what;
    std::vector<dnnl_exec_arg_t> arg;

    Call(dnnl::primitive p, const std::vector<std::pair<int, memory>> &args) : what(std::move(p))
    {
        for (auto &a : args) arg.push_back({a.first, a.second.get()});
    }
    void operator()(dnnl::stream &s) const
    {
        if (dnnl_primitive_execute(what.get(), s.get(), (int)arg.size(), arg.data()) == dnnl_success) return;
        fprintf(stderr, "onednn_lstm: a primitive failed\n");
        exit(EXIT_FAILURE);
    }
};

// One LSTM layer over `steps` steps of `batch` sequences.
class Layer
{
  public:
    std::vector<Call> forward, backward;

    Layer(dnnl::engine &eng, dnnl::stream &s, prop_kind kind, long batch, long steps, long inputs, long hidden)
        : eng(eng)
    {
        memory::desc x = desc({steps, batch, inputs}, tag::tnc), out = desc({steps, batch, hidden}, tag::tnc);
        memory::desc state = desc({1, 1, batch, hidden}, tag::ldnc), bias = desc({1, 1, 4, hidden}, tag::ldgo);
        memory::dims in_dims{1, 1, inputs, 4, hidden}, rec_dims{1, 1, hidden, 4, hidden};
        memory::desc in_any = desc(in_dims, tag::any), rec_any = desc(rec_dims, tag::any);
        auto way = dnnl::rnn_direction::unidirectional_left2right;
        lstm_forward::primitive_desc fpd({kind, way, x, state, state, in_any, rec_any, bias, out, state, state}, eng);

        memory in = make(desc(in_dims, tag::ldigo)), rec = make(desc(rec_dims, tag::ldigo));
        memory in_f = make(fpd.weights_layer_desc()), rec_f = make(fpd.weights_iter_desc());
        memory mx = make(x), mh = make(state), mc = make(state), mb = make(bias), mout = make(out);
        memory mh_out = make(state), mc_out = make(state);
        std::vector<std::pair<int, memory>> args{
            {DNNL_ARG_SRC_LAYER, mx},       {DNNL_ARG_SRC_ITER, mh},        {DNNL_ARG_SRC_ITER_C, mc},
            {DNNL_ARG_WEIGHTS_LAYER, in_f}, {DNNL_ARG_WEIGHTS_ITER, rec_f}, {DNNL_ARG_BIAS, mb},
            {DNNL_ARG_DST_LAYER, mout},     {DNNL_ARG_DST_ITER, mh_out},    {DNNL_ARG_DST_ITER_C, mc_out}};
        Call pack_in = reorder(in, in_f), pack_rec = reorder(rec, rec_f);
        if (kind == prop_kind::forward_inference) {
            pack_in(s);
            pack_rec(s);
            s.wait();
            forward.emplace_back(lstm_forward(fpd), args);
            // The same the other way round: states travel between two memories without a copy.
            args[1].second = mh_out, args[2].second = mc_out, args[7].second = mh, args[8].second = mc;
            backward.emplace_back(lstm_forward(fpd), args);
            return;
        }

        lstm_backward::primitive_desc bpd({prop_kind::backward,
                                           way,
                                           x,
                                           state,
                                           state,
                                           in_any,
                                           rec_any,
                                           bias,
                                           out,
                                           state,
                                           state,
                                           x,
                                           state,
                                           state,
                                           in_any,
                                           rec_any,
                                           bias,
                                           out,
                                           state,
                                           state},
                                          eng, fpd);
        memory workspace = make(fpd.workspace_desc());
        memory in_b = make(bpd.weights_layer_desc()), rec_b = make(bpd.weights_iter_desc());
        d_in = make(bpd.diff_weights_layer_desc()), d_rec = make(bpd.diff_weights_iter_desc());
        args.push_back({DNNL_ARG_WORKSPACE, workspace});
        forward = {pack_in, pack_rec, Call(lstm_forward(fpd), args)};
        args[3].second = in_b, args[4].second = rec_b;
        for (auto &more : std::vector<std::pair<int, memory>>{{DNNL_ARG_DIFF_SRC_LAYER, make(x)},
                                                              {DNNL_ARG_DIFF_SRC_ITER, make(state)},
                                                              {DNNL_ARG_DIFF_SRC_ITER_C, make(state)},
                                                              {DNNL_ARG_DIFF_WEIGHTS_LAYER, d_in},
                                                              {DNNL_ARG_DIFF_WEIGHTS_ITER, d_rec},
                                                              {DNNL_ARG_DIFF_BIAS, make(bias)},
                                                              {DNNL_ARG_DIFF_DST_LAYER, make(out)},
                                                              {DNNL_ARG_DIFF_DST_ITER, make(state)},
                                                              {DNNL_ARG_DIFF_DST_ITER_C, make(state)}})
            args.push_back(more);
        backward = {reorder(in, in_b), reorder(rec, rec_b), Call(lstm_backward(bpd), args)};
    }

    // The backward primitive adds to the gradients of the weights.
    void clear() const
    {
        memset(d_in.get_data_handle(), 0, d_in.get_desc().get_size());
        memset(d_rec.get_data_handle(), 0, d_rec.get_desc().get_size());
    }

  private:
    dnnl::engine &eng;
    memory d_in, d_rec;
    std::vector<memory> kept; // argument lists hold bare handles

    static memory::desc desc(const memory::dims &d, tag t)
    {
        return memory::desc(d, memory::data_type::f32, t);
    }
    memory make(const memory::desc &d)
    {
        memory m(d, eng);
        float *p = static_cast<float *>(m.get_data_handle());
        for (size_t i = 0; i < d.get_size() / sizeof *p; i++) p[i] = 0.01f * (float)(i % 7);
        kept.push_back(m);
        return m;
    }
    static Call reorder(const memory &from, const memory &to)
    {
        return Call(dnnl::reorder(from, to), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
    }
};

static double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Runs `work` for `seconds`; short work several times between two looks at the clock.
static void measure(const Shape &q, int threads, const char *what, double flops, double seconds,
                    const std::function<void()> &work)
{
    const double least = 20e-6;
    work();
    size_t repeat = 1;
    for (;; repeat *= 2) {
        double start = now();
        for (size_t i = 0; i < repeat; i++) work();
        if (now() - start >= least) break;
    }
    std::vector<double> took;
    for (double end = now() + seconds; now() < end || took.size() < 3;) {
        double start = now();
        for (size_t i = 0; i < repeat; i++) work();
        took.push_back((now() - start) / (double)repeat);
    }
    std::sort(took.begin(), took.end());
    printf("{\"engine\": \"onednn %d.%d\", \"shape\": \"%s\", \"threads\": %d, \"what\": \"%s\", \"ms\": %.6f, "
           "\"median_ms\": %.6f, \"gflops\": %.2f}\n",
           DNNL_VERSION_MAJOR, DNNL_VERSION_MINOR, q.name, threads, what, took[0] * 1e3, took[took.size() / 2] * 1e3,
           flops / took[0] / 1e9);
    fflush(stdout);
}

static void run(const Shape &q, int threads, const std::string &what, double seconds, dnnl::engine &eng)
{
    dnnl::stream s(eng);
    auto stack = [&](prop_kind kind, long batch, long steps) {
        std::vector<Layer> layers;
        for (long l = 0; l < q.layers; l++)
            layers.emplace_back(eng, s, kind, batch, steps, l ? q.hidden : q.inputs, q.hidden);
        return layers;
    };
    double step = 2.0 * 4 * (double)q.hidden * (double)(q.inputs + q.hidden + (q.layers - 1) * 2 * q.hidden);
    double pass = step * (double)q.steps * (double)q.batch;
    if (what == "train") {
        auto layers = stack(prop_kind::forward_training, q.batch, q.steps);
        measure(q, threads, "train", 3 * pass, seconds, [&] {
            for (auto &l : layers)
                for (auto &call : l.forward) call(s);
            for (size_t i = layers.size(); i-- > 0;) {
                layers[i].clear();
                for (auto &call : layers[i].backward) call(s);
            }
            s.wait();
        });
    } else if (what == "infer" || what == "window1") {
        long batch = what == "infer" ? q.batch : 1;
        auto layers = stack(prop_kind::forward_inference, batch, q.steps);
        measure(q, threads, what.c_str(), pass * (double)batch / (double)q.batch, seconds, [&] {
            for (auto &l : layers) l.forward[0](s);
            s.wait();
        });
    } else if (what == "row") {
        auto layers = stack(prop_kind::forward_inference, 1, 1);
        bool even = false;
        measure(q, threads, "row", step, seconds, [&] {
            even = !even;
            for (auto &l : layers) (even ? l.forward : l.backward)[0](s);
            s.wait();
        });
    } else {
        fprintf(stderr, "onednn_lstm: --what takes train, infer, window1 and row\n");
        exit(2);
    }
}

static std::vector<std::string> split(const std::string &text)
{
    std::vector<std::string> parts;
    for (size_t at = 0, comma; at <= text.size(); at = comma + 1) {
        comma = std::min(text.find(',', at), text.size());
        parts.push_back(text.substr(at, comma - at));
    }
    return parts;
}

int main(int argc, char **argv)
{
    double seconds = 1;
    int threads = 1;
    std::string names = "a,b,c,d,e,h16,auto-large,auto-small", what = "train,infer,window1,row";
    for (int i = 1; i + 1 < argc; i += 2) {
        std::string option = argv[i];
        if (option == "--seconds") seconds = atof(argv[i + 1]);
        else if (option == "--threads") threads = atoi(argv[i + 1]);
        else if (option == "--shapes") names = argv[i + 1];
        else if (option == "--what") what = argv[i + 1];
        else argc = 0;
    }
    if (argc % 2 == 0 || threads < 1) {
        fprintf(stderr,
                "usage: onednn_lstm [--threads N] [--seconds S] [--shapes a,b,...] [--what train,infer,window1,row]\n");
        return 2;
    }
    omp_set_num_threads(threads); // before the primitives, which are made for as many
    dnnl::engine eng(dnnl::engine::kind::cpu, 0);
    for (auto &name : split(names)) {
        const Shape *q =
            std::find_if(std::begin(shapes), std::end(shapes), [&](const Shape &s) { return s.name == name; });
        if (q == std::end(shapes)) {
            fprintf(stderr, "onednn_lstm: no shape \"%s\"\n", name.c_str());
            return 2;
        }
        for (auto &each : split(what)) run(*q, threads, each, seconds, eng);
    }
}
